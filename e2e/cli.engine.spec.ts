// The command line, called as from a script: the app's worker in headless Chromium.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import type { AgentStep } from '../scripts/cli/agentPage';
import type { TinyModelSpec } from '../src/testing/tinyModel';
import { tinyModel } from '../src/testing/tinyModel';

const run = promisify(execFile);
const glm = (...args: string[]) => run('npm', ['run', '--silent', 'glm', '--', ...args]);

interface Golden {
  spec: TinyModelSpec;
  prompt: number[];
  exact: { greedy: number[] };
}

function goldenModel(file: string, change: Partial<TinyModelSpec> = {}): Golden {
  const golden = JSON.parse(readFileSync('src/testing/golden/chatglm/chatglm-q4_0.json', 'utf8')) as Golden;
  writeFileSync(file, tinyModel({ ...golden.spec, ...change }).bytes);
  return golden;
}

test.describe.configure({ timeout: 600_000 });

test('logits prints one JSON line whose greedy tokens equal the oracle’s', async () => {
  const file = test.info().outputPath('tiny.gguf');
  const { prompt, exact } = goldenModel(file);
  const { stdout } = await glm('logits', file, '--ids', prompt.join(), '--greedy', '8');
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const answer = JSON.parse(stdout) as { top: [number, number][]; logSumExp: number; greedy: number[] };
  expect(answer.greedy).toEqual(exact.greedy.slice(0, 8));
  expect(answer.top).toHaveLength(20);
  expect(answer.top[0][0]).toBe(exact.greedy[0]);
  expect(answer.logSumExp).toBeGreaterThan(answer.top[0][1]);
});

test('tokenize treats special tokens in the input as plain text', async () => {
  const file = test.info().outputPath('tiny.gguf');
  goldenModel(file);
  const { stdout } = await glm('tokenize', file, '--text', '<|user|>');
  const { ids } = JSON.parse(stdout) as { ids: number[] };
  expect(ids.length).toBeGreaterThan(1);
});

test('chat answers each prompt in turn, separated by ---, and a seed makes it repeatable', async () => {
  const file = test.info().outputPath('tiny.gguf');
  goldenModel(file);
  const chat = () =>
    glm(
      'chat',
      file,
      '--prompt',
      'a',
      '--prompt',
      'b',
      '--max-tokens',
      '4',
      '--temperature',
      '1',
      '--seed',
      '5',
    );
  const [first, second] = [await chat(), await chat()];
  expect(first.stdout.split('\n').filter((line) => line === '---')).toHaveLength(1);
  expect(second.stdout).toBe(first.stdout);
});

test('constrain prints JSON that is valid under the schema', async () => {
  const [file, schema] = [test.info().outputPath('tiny.gguf'), test.info().outputPath('schema.json')];
  goldenModel(file);
  writeFileSync(
    schema,
    JSON.stringify({ type: 'array', items: { enum: ['a', 'b'] }, minItems: 2, maxItems: 3 }),
  );
  const { stdout } = await glm('constrain', file, '--prompt', 'a', '--schema', schema, '--seed', '5');
  expect(stdout).toMatch(/^\["[ab]"(?:, ?"[ab]"){1,2}\]\n$/);
});

test('agent runs calls of the model in the sandbox: one line per step, each request reads its observation only', async () => {
  const [file, functions] = [test.info().outputPath('tiny.gguf'), test.info().outputPath('functions.json')];
  goldenModel(file, { contextTokens: 4096 });
  const parameters = {
    type: 'object',
    properties: { n: { enum: [1, 2, 3] } },
    required: ['n'],
    additionalProperties: false,
  };
  writeFileSync(functions, JSON.stringify({ name: 'f', parameters, js: '({ n }) => ({ value: 21 * n })' }));
  // The weights are random: with this seed it calls, and the schema holds what it calls with.
  const prompts = ['--prompt', 'a', '--prompt', 'b'];
  const options = [
    '--tools',
    'f',
    '--functions',
    functions,
    '--allow',
    'all',
    '--temperature',
    '1',
    '--seed',
    '7',
  ];
  const { stdout } = await glm('agent', file, ...prompts, ...options, '--max-tokens', '100');
  const steps = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AgentStep);
  expect(steps.filter(({ kind }) => kind === 'end')).toHaveLength(2);
  const done = steps.flatMap((step, index) =>
    step.kind === 'result' && step.state === 'done' ? [index] : [],
  );
  expect(done.length).toBeGreaterThan(0);
  for (const index of done) {
    const [call, result, next] = steps.slice(index - 1);
    if (call.kind !== 'call' || result.kind !== 'result') throw new Error('a result without its call');
    const { n } = JSON.parse(call.args) as { n: number };
    expect(result).toMatchObject({ tool: 'f', args: call.args, output: JSON.stringify({ value: 21 * n }) });
    if (next.kind === 'call' || next.kind === 'text') {
      expect(next.reused).toBeGreaterThan(500);
      expect(next.prefilled).toBeLessThan(60);
    }
  }
});

test('errors print their code to stderr and set the exit status', async () => {
  const file = test.info().outputPath('page.gguf');
  writeFileSync(file, '<!doctype html><title>Sign in</title>');
  const failure = await glm('logits', file, '--ids', '1').catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('not-gguf') });
  await expect(glm('chat', file)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('bad-request'),
  });
  await expect(glm('chat', file, '--prompt', 'Hi', '--thinking', 'deep')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--thinking wants off, short, normal, long'),
  });
  await expect(glm('logits', test.info().outputPath('none.gguf'), '--ids', '1')).rejects.toMatchObject({
    code: 1,
  });
});
