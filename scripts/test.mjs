// `npm test`: all parts of the tests, two at a time. A software GPU keeps about one core busy, so two parts together use
// a machine with two cores well. A part's output appears when the part ends; the ends of the failed ones are repeated at
// the end, before a table of times.
import { spawn } from 'node:child_process';

const LANES = 2;
/** How much of a failed part's output is repeated at the end: the runners sum up their failures there. */
const REPEATED_CHARACTERS = 8000;

/**
 * The parts, in the order in which they start: after what finds mistakes within minutes, the longest first, so that both
 * lanes end at about the same time. `needs` names the parts that install or build what a part uses.
 * @type {{ name: string, command: string, needs?: string[], env?: Record<string, string> }[]}
 */
const PARTS = [
  { name: 'browsers', command: 'node scripts/browsers/ensureBrowser.mjs' },
  { name: 'build', command: 'npm run build && npm run build:lib && npm run first-load' },
  { name: 'engine', command: 'npx playwright test', env: { E2E: 'engine' }, needs: ['browsers', 'build'] },
  { name: 'types', command: 'npm run check' },
  { name: 'lint', command: 'npm run lint' },
  { name: 'gpu', command: 'npm run test:gpu', needs: ['browsers'] },
  { name: 'fake', command: 'npx playwright test', env: { E2E: 'fake' }, needs: ['browsers'] },
  { name: 'naga', command: 'node scripts/browsers/ensureNaga.mjs' },
  { name: 'unit', command: 'npm run test:unit', needs: ['naga'] },
  { name: 'firefox', command: 'node scripts/browsers/testFirefox.mjs', needs: ['browsers', 'build'] },
  { name: 'webkit', command: 'node scripts/browsers/testWebkit.mjs', needs: ['browsers', 'build'] },
];

/** Runs a part to its end. */
function run({ name, command, env }) {
  console.log(`${name}: started`);
  const started = Date.now();
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, { shell: true, env: { ...process.env, ...env }, stdio });
  const output = [];
  child.stdout.on('data', (bytes) => output.push(bytes));
  child.stderr.on('data', (bytes) => output.push(bytes));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = Math.round((Date.now() - started) / 1000);
      const text = Buffer.concat(output).toString();
      const result = { name, passed: code === 0, outcome: code === 0 ? 'passed' : 'FAILED', seconds, text };
      process.stdout.write(`\n──── ${name}\n${text}`);
      console.log(`──── ${name}: ${result.outcome} after ${seconds} s\n`);
      resolve(result);
    });
  });
}

const started = Date.now();
const waiting = [...PARTS];
const running = new Map();
const results = new Map();
while (waiting.length > 0 || running.size > 0) {
  for (const part of [...waiting]) {
    const needs = part.needs ?? [];
    const missing = needs.filter((name) => results.get(name)?.passed === false);
    if (missing.length === 0 && (running.size >= LANES || !needs.every((name) => results.has(name))))
      continue;
    waiting.splice(waiting.indexOf(part), 1);
    if (missing.length > 0)
      results.set(part.name, {
        name: part.name,
        passed: false,
        outcome: `NOT RUN without ${missing}`,
        seconds: 0,
      });
    else running.set(part.name, run(part));
  }
  if (running.size === 0) continue;
  const result = await Promise.race(running.values());
  running.delete(result.name);
  results.set(result.name, result);
}

for (const { name, passed, text } of results.values())
  if (!passed && text) console.log(`──── ${name} FAILED:\n${text.slice(-REPEATED_CHARACTERS)}\n`);
for (const { name, outcome, seconds } of results.values())
  console.log(`${name.padEnd(10)}${String(seconds).padStart(5)} s  ${outcome}`);
console.log(`together  ${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s`);
process.exit([...results.values()].every(({ passed }) => passed) ? 0 : 1);
