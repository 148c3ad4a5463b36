// Finds a Chromium-family browser for the tests, or installs one: Debian's package when apt and root are there,
// Playwright's own otherwise.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { findChromium } from './browser.mjs';

const run = (command, args) => spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status === 0;

function available() {
  return findChromium() ?? (existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined);
}

function installWithApt() {
  const isRoot = process.getuid?.() === 0;
  return (
    isRoot &&
    existsSync('/usr/bin/apt-get') &&
    run('apt-get', ['update', '-q']) &&
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'])
  );
}

if (!available() && !installWithApt()) run('npx', ['playwright', 'install', 'chromium']);
const path = available();
if (!path) {
  console.error('No browser found: install Chrome, Edge or Chromium, or set CHROMIUM_PATH to one.');
  process.exit(1);
}
console.error(`browser: ${execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()} (${path})`);
