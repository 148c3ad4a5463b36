// Runs the tests in Firefox: the built app (e2e/*.firefox.test.ts), then the engine against its goldens, and every
// kernel variant through the compiler. Needs a build.
import { spawnSync } from 'node:child_process';
import { firefoxMissing } from './browser.mjs';

/** One golden of each kind of kernel: all 46 take some minutes in Firefox (`npx vitest run --project firefox-gpu`). */
const GOLDENS = [
  'chatglm-f32',
  'chatglm-q4_0',
  'chatglm-q8_0-edge-tied',
  'glm4-f16',
  'glm4-bf16-head128',
  'glm4-q4_k_m',
  'glm4-q8_0-ragged',
];

const missing = firefoxMissing();
if (missing) {
  console.error(`Firefox: ${missing}`);
  process.exit(process.env.CI ? 1 : 0);
}
const vitest = (...args) =>
  spawnSync('npx', ['vitest', 'run', ...args], { stdio: 'inherit', shell: process.platform === 'win32' })
    .status ?? 1;
const pattern = `^(${GOLDENS.join('|')}) with|accepts every kernel variant`;
const files = ['golden.gpu.test.ts', 'kernelVariants.gpu.test.ts'];
process.exit(vitest('--project', 'firefox') || vitest('--project', 'firefox-gpu', ...files, '-t', pattern));
