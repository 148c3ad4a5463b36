// Runs the tests in WebKit: e2e/*.webkit.test.ts, on the built app. Needs a build.
import { spawnSync } from 'node:child_process';
import { webkitMissing } from './browser.mjs';

const missing = webkitMissing();
if (missing) {
  console.error(`WebKit: ${missing}`);
  process.exit(process.env.CI ? 1 : 0);
}
const shell = process.platform === 'win32';
process.exit(
  spawnSync('npx', ['vitest', 'run', '--project', 'webkit'], { stdio: 'inherit', shell }).status ?? 1,
);
