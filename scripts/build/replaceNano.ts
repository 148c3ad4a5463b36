// Puts another file in the place of the built-in model, once it is what the app expects of it.
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { architectureOf } from '../../src/model/architecture';
import { modelFamily } from '../../src/model/modelFamily';
import { openTemplate } from '../../src/model/template/chatTemplate';
import { ChatPrompts } from '../../src/runtime/prompt/chatPrompt';
import { AppError } from '../../src/shared/errors';
import { readHeader } from '../../src/weights/file/ggufHeader';
import { bytesSource } from '../../src/weights/file/sources';
import { commandLine, runCommand } from '../commandLine';

const NANO = 'public/models/nano.gguf';
const MOST_BYTES = 10e6;
const LEAST_CONTEXT = 2048;

const { values, positionals, refusal } = commandLine(
  `node scripts/run.mjs scripts/build/replaceNano.ts FILE.gguf [--check]
Checks a file and copies it to ${NANO}; with --check it copies nothing. Then prints what depends on the file.`,
  { check: { type: 'boolean' } },
);

/** What depends on the file itself: its answers, its figures, its recipe. Everything else reads its header. */
const NEXT = `npx vitest run --project unit src/runtime src/grammar src/model
npx vitest run --project gpu src/model/int8.gpu.test.ts src/store/chats/titles.gpu.test.ts src/weights/download
npm run build && npm run first-load
E2E=engine npx playwright test nano nanoTools embedding server flows
npm run test:firefox
Figures measured with the old file: docs/browsers.md (a token, prefill), docs/performance.md (Nano, 128 tokens),
docs/page.md (Nano ready), docs/reliability.md (kills, soak). What it says of itself: training/facts/identity.yaml.
Its recipe and scores: training/README.md.`;

await runCommand(async () => {
  const [file] = positionals;
  if (!file) throw refusal('the file is missing');
  const { metadata } = await readHeader(bytesSource(readFileSync(file)));
  const text = (key: string) => String(metadata[key] ?? '');
  const architecture = architectureOf(metadata);
  const tokenizer = architecture.createTokenizer(metadata);
  const family = modelFamily(metadata);
  const template = await openTemplate(text('tokenizer.chat_template'), tokenizer.specialNames);
  const { answerStart } = template;
  const prompts = new ChatPrompts(
    tokenizer,
    { ...family, format: { ...family.format, answerStart } },
    template,
  );
  const python = [{ type: 'python', name: 'python', description: '' } as const];
  const question = { messages: [{ role: 'user' as const, parts: [{ type: 'text' as const, text: '?' }] }] };
  const described =
    prompts.encode({ ...question, tools: python }).ids.length - prompts.encode(question).ids.length;
  const merges = metadata['tokenizer.ggml.merges'] as string[];
  const context = Number(metadata[`${text('general.architecture')}.context_length`]);
  const bytes = statSync(file).size;
  const checks: [string, boolean][] = [
    [`${bytes} bytes, at most ${MOST_BYTES}`, bytes <= MOST_BYTES],
    [`name ${text('general.name')}, by which the app knows its chat format`, family.id === 'glm4'],
    [`licence ${text('general.license')}`, text('general.license') === 'apache-2.0'],
    [`context ${context}, at least ${LEAST_CONTEXT}`, context >= LEAST_CONTEXT],
    [`template tells of tools: Python takes ${described} tokens`, prompts.knowsTools && described > 0],
    ['no merges between digits', !merges.some((merge) => /\d.* .*\d/.test(merge) || /\d{2}/.test(merge))],
    [
      'begin and end of pictures',
      ['begin', 'end'].every((at) => tokenizer.specialId(`<|${at}_of_image|>`) !== undefined),
    ],
  ];
  for (const [what, isRight] of checks) process.stdout.write(`${isRight ? 'ok   ' : 'WRONG'} ${what}\n`);
  if (checks.some(([, isRight]) => !isRight))
    throw new AppError('bad-request', `${file} is not what the app expects`, { why: file });
  if (!values.check) copyFileSync(file, NANO);
  process.stdout.write(`${values.check ? 'not copied' : `copied to ${NANO}`}\n\n${NEXT}\n`);
});
