// Installs missing programs for the tests. Required: a Chromium-family browser (Debian's package with apt and root,
// otherwise Playwright's own). Optional, reported if missing: Firefox with a software Vulkan adapter, and WebKit's driver
// with a display.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { findChromium, firefoxMissing, webkitMissing } from './browser.mjs';

const run = (command, args) => spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status === 0;

function available() {
  return findChromium() ?? (existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined);
}

function installWithApt(packages) {
  const isRoot = process.getuid?.() === 0;
  return (
    isRoot &&
    existsSync('/usr/bin/apt-get') &&
    run('apt-get', ['update', '-q']) &&
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages])
  );
}

const packages = [
  ...(available() ? [] : ['chromium']),
  ...(firefoxMissing() ? ['firefox-esr', 'mesa-vulkan-drivers'] : []),
  ...(webkitMissing() ? ['webkit2gtk-driver', 'xvfb'] : []),
];
if (packages.length > 0 && !installWithApt(packages) && !available())
  run('npx', ['playwright', 'install', 'chromium']);

const path = available();
if (!path) {
  console.error('No browser found: install Chrome, Edge or Chromium, or set CHROMIUM_PATH to one.');
  process.exit(1);
}
console.error(`browser: ${execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()} (${path})`);
console.error(`Firefox: ${firefoxMissing() ?? 'there'}`);
console.error(`WebKit: ${webkitMissing() ?? 'there'}`);
