// Installs naga, Firefox's WGSL compiler, with cargo if it is missing: about three minutes, once. Without cargo, the test
// that needs it reports that it did not run.
import { spawnSync } from 'node:child_process';
import { findNaga, NAGA_MISSING, NAGA_ROOT } from './browser.mjs';

if (!findNaga())
  spawnSync('cargo', ['install', 'naga-cli', '--locked', '--root', NAGA_ROOT], { stdio: ['ignore', 2, 2] });
console.error(`naga: ${findNaga() ?? NAGA_MISSING}`);
