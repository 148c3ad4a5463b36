// What calls cost: masks and grammars of tools' arguments, and text written with tools offered as against without.
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import golden from '../../src/model/template/golden/templates.json';
import type { ToolSpec } from '../../src/protocol/chat';
import { ModelGrammars } from '../../src/runtime/decode/grammarConstraint';
import { writeGguf } from '../../src/testing/gguf';
import { seeded } from '../../src/testing/random';
import { tinyModel } from '../../src/testing/tinyModel';
import { createTokenizer } from '../../src/tokenizer/tokenizer';
import { readHeader } from '../../src/weights/file/ggufHeader';
import { bytesSource } from '../../src/weights/file/sources';
import { openInBrowser } from '../cli/cliBrowser';
import { openInDawn } from '../cli/cliDawn';
import { commandLine, runCommand } from '../commandLine';
import { offerCommonJs } from '../commonJs';
import { range, short, spread, table } from './statistics';

const { values, positionals } = commandLine(
  `npm run bench:grammar -- [MODEL.gguf] [--rounds 8] [--tokens 64] [--dawn] [--no-decode]
Masks and grammars in Node, for the model's vocabulary (default: the built-in model's) and for one of 151,552 tokens; then text
with and without tools, interleaved: in Chromium, or with --dawn in Node.`,
  {
    rounds: { type: 'string', default: '8' },
    tokens: { type: 'string', default: '64' },
    dawn: { type: 'boolean' },
    'no-decode': { type: 'boolean' },
  },
);

const string = { type: 'string' };
const TOOLS: Record<string, Record<string, unknown>> = {
  small: {
    properties: { city: string, days: { type: 'integer', minimum: 1, maximum: 14 } },
    required: ['city'],
  },
  nested: {
    properties: {
      title: { type: 'string', maxLength: 80 },
      start: { type: 'string', format: 'date-time' },
      guests: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: string,
            mail: { type: 'string', format: 'email' },
            role: { enum: ['host', 'guest'] },
          },
          required: ['name', 'mail'],
        },
      },
      code: { type: 'string', pattern: '^[A-Z]{2}-[0-9]{4}$' },
    },
    required: ['title', 'start', 'guests'],
  },
};

const file = path.resolve(positionals[0] ?? 'public/models/nano.gguf');

/** A model with random weights, GLM-4's size of vocabulary and a template that knows tools. */
function largeVocabulary(): string {
  const { file: gguf } = tinyModel({
    architecture: 'chatglm',
    type: 'Q4_0',
    vocabSize: 151_552,
    numPadding: 209,
    contextTokens: 2048,
  });
  const metadata = { ...gguf.metadata, 'tokenizer.chat_template': golden.templates['nano-tools'].template };
  const target = path.join(tmpdir(), 'glm-151552.gguf');
  writeFileSync(target, writeGguf({ ...gguf, metadata }));
  return target;
}

/** Grammars of the tools over one vocabulary. */
async function masksOf(model: string): Promise<string[][]> {
  const { metadata } = await readHeader(bytesSource(readFileSync(model)));
  const tokenizer = createTokenizer(metadata);
  const stops = ['<|endoftext|>', '<|user|>', '<|observation|>'].map(
    (name) => tokenizer.specialId(name) as number,
  );
  const grammars = new ModelGrammars(tokenizer, new Set(stops), '');
  let started = performance.now();
  await grammars.argsMatcher({ type: 'object', properties: { first: string } });
  const openMs = performance.now() - started;
  const random = seeded(1);
  const rows = [];
  for (const [name, parameters] of Object.entries(TOOLS)) {
    started = performance.now();
    (await grammars.argsMatcher(parameters)).dispose();
    const compileMs = performance.now() - started;
    started = performance.now();
    (await grammars.argsMatcher(parameters)).dispose();
    const againMs = performance.now() - started;
    const [maskMs, acceptMs]: [number[], number[]] = [[], []];
    for (let round = 0; round < 3 * Number(values.rounds); round++) {
      const matcher = await grammars.argsMatcher(parameters);
      for (let step = 0; step < 80; step++) {
        started = performance.now();
        const mask = await matcher.mask();
        maskMs.push(performance.now() - started);
        const allowed = Array.from(mask, (word, i) => [word, i]).filter(([word]) => word !== 0);
        const [word, i] = allowed[random.int(allowed.length)];
        const bits = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (word >>> bit) & 1);
        const id = 32 * i + bits[random.int(bits.length)];
        if (stops.includes(id)) break;
        started = performance.now();
        matcher.accept(id);
        acceptMs.push(performance.now() - started);
      }
      matcher.dispose();
    }
    const p95 = [...maskMs].sort((a, b) => a - b)[Math.floor(0.95 * maskMs.length)];
    rows.push([
      `${tokenizer.vocabSize}, ${name}`,
      ...[
        openMs,
        compileMs,
        againMs,
        spread(maskMs).median,
        p95,
        Math.max(...maskMs),
        spread(acceptMs).median,
      ].map(short),
    ]);
  }
  return rows;
}

/** Milliseconds a token of text, with 8 tools and without, from one prompt. */
async function decodeOf(model: string): Promise<string[]> {
  const engine = values.dawn ? await openInDawn() : await openInBrowser({});
  const { id: modelId, vocabSize } = await engine.call('load', {
    source: await engine.sourceOf(model),
    options: { contextTokens: 2048 },
  });
  const encode = async (text: string) => (await engine.call('tokenize', { text })).ids;
  const promptIds = await encode('A prompt of any kind, which both of them read.');
  const ids = await encode('\nOnce upon a time');
  const parameters = { type: 'object', ...TOOLS.nested };
  const tools = Array.from({ length: 8 }, (_, i): ToolSpec => ({
    type: 'function',
    name: `tool_${i}`,
    description: '',
    parameters,
  }));
  const run = async (offered: ToolSpec[]) => {
    const summary = await engine.call('generate', {
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'go on' }] }],
      sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 1 },
      mask: { suppress: [...(await specials())] }, // text throughout
      maxTokens: ids.length + Number(values.tokens),
      speculation: false,
      resume: { modelId, promptIds, answerStart: promptIds.length, droppedTurns: 0, ids },
      tools: offered,
    });
    return summary.decodeMs / (summary.newTokens - ids.length);
  };
  const specials = async () => {
    const { metadata } = await readHeader(bytesSource(readFileSync(model)));
    const tokenizer = createTokenizer(metadata);
    return tokenizer.specialNames.map((name) => tokenizer.specialId(name) as number);
  };
  const [without, withTools]: [number[], number[]] = [[], []];
  for (let round = -1; round < Number(values.rounds); round++) {
    const order = round % 2 ? [without, withTools] : [withTools, without];
    for (const times of order) {
      const ms = await run(times === withTools ? tools : []);
      if (round >= 0) times.push(ms);
    }
  }
  await engine.close();
  const ratio = spread(withTools.map((ms, i) => ms / without[i]));
  return [String(vocabSize), range(spread(without)), range(spread(withTools)), range(ratio)];
}

async function main(): Promise<void> {
  offerCommonJs();
  const models = [file, largeVocabulary()];
  const head = [
    'vocabulary, tool',
    'first use',
    'compile',
    'again',
    'mask',
    'mask p95',
    'mask max',
    'accept',
  ];
  const rows = [];
  for (const model of models) rows.push(...(await masksOf(model)));
  process.stdout.write(`ms\n\n${table(head, rows)}\n\n`);
  if (values['no-decode']) return;
  const decode = [];
  for (const model of models) decode.push(await decodeOf(model));
  process.stdout.write(
    `${table(['vocabulary', 'ms a token without tools', 'with 8 tools', 'ratio'], decode)}\n`,
  );
}

await runCommand(main);
