// The command line over the app's own engine: its worker in headless Chromium, or Node through Dawn (--dawn).
// Answers on stdout, diagnostics on stderr, exit status 1 on error.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { MODELS } from '../../src/catalogue/models';
import { predict, suggest } from '../../src/catalogue/predict';
import { schemaGrammar } from '../../src/grammar/jsonSchema';
import type { EngineCalls } from '../../src/protocol/calls';
import type {
  AnswerFormat,
  GenerateEvent,
  GenerateSummary,
  ImagePart,
  Part,
  PartEvent,
  Turn,
} from '../../src/protocol/chat';
import type { LoadOptions, LoadProgress, ModelInfo } from '../../src/protocol/models';
import { AppError } from '../../src/shared/errors';
import { withPartEvent } from '../../src/shared/parts';
import { samplingValues } from '../../src/shared/sampling';
import { agent, agentRequest, type AgentOptions } from './agentCommand';
import type { AgentRequest } from './agentPage';
import { openInBrowser, type BrowserEngine } from './cliBrowser';
import { openInDawn } from './cliDawn';
import type { CliEngine } from './cliEngine';
import type { Embedder } from '../../src/knowledge/index/vectors';
import type { AgentPart } from './knowledge/agentFile';
import { readText } from './readText';
import { runCommand } from '../commandLine';
import { number, positionals, refusal, required, thinkingTokens, values } from './glmOptions';
import { sentPicture } from './pictures';
import { listVariants, variantText } from './wgslText';

function reportProgress({ phase, doneBytes, totalBytes, bytesPerSecond }: LoadProgress): void {
  if (!process.stderr.isTTY) return;
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  process.stderr.write(`\r\x1b[K${phase} ${mb(doneBytes)}/${mb(totalBytes)} MB ${mb(bytesPerSecond)} MB/s`);
  if (doneBytes >= totalBytes) process.stderr.write('\r\x1b[K');
}

function reportSeeing(fraction: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(fraction < 1 ? `\r\x1b[Kseeing ${(100 * fraction).toFixed(0)} %` : '\r\x1b[K');
}

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const textTurn = (role: Turn['role'], text: string): Turn => ({ role, parts: [{ type: 'text', text }] });

/** Terminal output of an event: reasoning in tags, a tool call as the tool's name. */
function printed(event: PartEvent): string {
  if (event.kind === 'part-delta') return event.text;
  const { type } = event.part;
  if (event.kind === 'part-end') return type === 'thought' ? '\n</think>\n\n' : '';
  if (type === 'thought') return '<think>\n';
  return `${event.index > 0 && type === 'call' ? '\n' : ''}${type === 'call' ? `${event.part.tool}\n` : ''}`;
}

/** What the model recommends, overridden by the options. */
const samplingOf = (recommended: EngineCalls['load']['result']['sampling']) => ({
  ...samplingValues(
    ({ api }, name) => number(api.replaceAll('_', '-') as keyof typeof values) ?? recommended[name],
  ),
  seed: number('seed') ?? Math.floor(Math.random() * 2 ** 32),
});

function reportSummary(summary: GenerateSummary): void {
  const { reason, promptTokens, reusedTokens, prefillMs, newTokens, decodeMs } = summary;
  const speed = decodeMs > 0 ? ((newTokens - 1) / decodeMs) * 1000 : 0;
  process.stderr.write(
    `[${reason}] prompt ${promptTokens} (${reusedTokens} reused) in ${prefillMs.toFixed(0)} ms, ` +
      `${newTokens} new at ${speed.toFixed(1)} tokens/s, context ${summary.contextUsed}/${summary.contextTokens}\n`,
  );
}

async function chat(
  engine: CliEngine,
  recommended: EngineCalls['load']['result']['sampling'],
): Promise<void> {
  const sampling = samplingOf(recommended);
  const messages: Turn[] = values.system ? [textTurn('system', values.system)] : [];
  for (const [turn, prompt] of required(values.prompt, 'prompt').entries()) {
    if (turn > 0) process.stdout.write('---\n');
    const question = textTurn('user', prompt);
    if (turn === 0) question.parts.unshift(...pictures());
    messages.push(question);
    let parts: Part[] = [];
    const onEvent = (event: GenerateEvent) => {
      if (event.kind === 'seeing') reportSeeing(event.fraction);
      if (!('index' in event)) return;
      parts = withPartEvent(parts, event);
      process.stdout.write(printed(event));
    };
    const pictureTokens = number('picture-tokens');
    const request = {
      ...{ messages, sampling, maxTokens: number('max-tokens'), pictureTokens },
      thinkingTokens: thinkingTokens(),
    };
    const summary = await engine.call('generate', request, onEvent);
    process.stdout.write('\n');
    reportSummary(summary);
    messages.push({ role: 'assistant', parts });
  }
}

const agentOptions = (agent?: AgentPart): AgentOptions => ({
  prompt: values.prompt ?? [],
  pictures: pictures(),
  system: values.system,
  tools: values.tools,
  functions: values.functions,
  wiki: values.wiki,
  openapi: values.openapi,
  mcp: values.mcp,
  cite: values.cite,
  allowAll: values.allow === 'all',
  maxTokens: number('max-tokens'),
  thinkingTokens: thinkingTokens(),
  agent,
});

/** The pictures of --image. @throws AppError file-unreadable */
function pictures(): ImagePart[] {
  return (values.image ?? []).map((file) => {
    if (existsSync(file)) return sentPicture(path.basename(file), readFileSync(file));
    throw new AppError('file-unreadable', `There is no file ${file}. Check the path.`, { name: file });
  });
}

/** The file of --eyes; with pictures, the only mmproj file beside the model. */
function eyesFile(model: string): string | undefined {
  if (values.eyes !== undefined || !values.image) return values.eyes;
  const folder = path.dirname(model);
  const found = readdirSync(folder).filter((name) => /mmproj.*\.gguf$/i.test(name));
  return found.length === 1 ? path.join(folder, found[0]) : undefined;
}

/**
 * Answers each prompt with JSON of the schema, one line each. An answer that the schema's checks refuse is asked for once
 * more, with what was wrong.
 * @throws AppError bad-schema when the second one is refused too
 */
async function constrain(
  engine: CliEngine,
  recommended: EngineCalls['load']['result']['sampling'],
  schema: unknown,
): Promise<void> {
  const { checkedAfterwards } = schemaGrammar(schema);
  if (checkedAfterwards.length > 0)
    process.stderr.write(`checked after the answer: ${checkedAfterwards.join(', ')}\n`);
  const messages: Turn[] = values.system ? [textTurn('system', values.system)] : [];
  const sampling = samplingOf(recommended);
  const answer = async (seed: number) => {
    let text = '';
    const onEvent = (event: GenerateEvent) => void (text += event.kind === 'part-delta' ? event.text : '');
    const format: AnswerFormat = { kind: 'schema', schema };
    const request = { messages, sampling: { ...sampling, seed }, maxTokens: number('max-tokens'), format };
    const summary = await engine.call('generate', request, onEvent);
    reportSummary(summary);
    const faults = summary.formatFaults ?? [];
    const why = faults.map((fault) => `at ${fault.where || 'the root'}: ${fault.why}`).join('; ');
    if (why) process.stderr.write(`not valid ${why}\n`);
    return { text, why };
  };
  for (const prompt of required(values.prompt, 'prompt')) {
    messages.push(textTurn('user', prompt));
    let { text, why } = await answer(sampling.seed);
    if (why) {
      messages.push(
        textTurn('assistant', text),
        textTurn('user', `That is not valid ${why}. Write it again.`),
      );
      ({ text, why } = await answer((sampling.seed + 1) >>> 0));
    }
    messages.push(textTurn('assistant', text));
    if (why)
      throw new AppError('bad-schema', `The answer is not valid under it ${why}: ${text}`, { why, text });
    process.stdout.write(`${text}\n`);
  }
}

/** The tools run in the engine's page; those of an engine in Node in a page of their own. */
async function runAgent(engine: CliEngine, request: AgentRequest): Promise<void> {
  if (!values.dawn) return agent((engine as BrowserEngine).page, request);
  const cage = await openInBrowser({});
  try {
    await agent(cage.page, request, engine);
  } finally {
    await cage.close();
  }
}

/** The schema in a file. @throws AppError file-unreadable, bad-schema */
function schemaFile(file: string): unknown {
  const text = readText(file);
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('bad-schema', `${file} is no JSON: ${why}`, { where: file, why });
  }
  schemaGrammar(schema); // a schema that cannot be used is reported before the model is loaded
  return schema;
}

/** Prefill from an empty cache and decode after it, on random ids; `npm run bench` measures more. */
async function bench(engine: CliEngine, info: ModelInfo, loadMs: number): Promise<void> {
  const [promptTokens, decode] = [
    required(number('prompt-tokens'), 'prompt-tokens'),
    required(number('decode'), 'decode'),
  ];
  const prefill = { tokens: promptTokens, ms: [] as number[] };
  const msPerToken: number[] = [];
  for (let round = 0; round < (number('repeat') ?? 1); round++) {
    const ids = Array.from({ length: promptTokens }, () => Math.floor(Math.random() * info.vocabSize));
    const turn = await engine.call('benchTurn', { ids, newTokens: Math.max(1, decode + 1), fresh: true });
    prefill.ms.push(turn.firstTokenMs);
    if (turn.msPerToken !== null) msPerToken.push(turn.msPerToken);
  }
  const adapter = await engine.call('device', {});
  const load = { ms: loadMs, bytes: info.packedBytes };
  print({ adapter, load, prefill, decode: { msPerToken }, gpuBytes: info.gpuBytes });
}

/** The probe, a prediction per variant at --context tokens (default: the engine's choice), and the recommended model. */
async function probe(): Promise<void> {
  const contextTokens = number('context');
  const engine = values.dawn ? await openInDawn() : await openInBrowser({ profile: values.cache });
  try {
    const measured = await engine.call('probe', {});
    const predictions = MODELS.flatMap((model) =>
      model.variants.map((variant) => predict(measured, model, variant, contextTokens)),
    );
    const best = suggest(measured, MODELS, contextTokens);
    const suggestion = best && { modelId: best.model.id, variantId: best.variant.id };
    print({ probe: measured, suggestion, predictions });
  } finally {
    await engine.close();
  }
}

/** The commands of src/knowledge, whose parsers no other command loads. */
async function knowledge(command: 'index' | 'find', files: string[]): Promise<void> {
  const { findInAgent, indexFiles } = await import('./knowledge/commands');
  if (command === 'index') {
    if (files.length === 0) throw refusal('name the files to index');
    const out = required(values.out, 'out');
    return withEmbedder((embedder) => indexFiles(files, out, embedder));
  }
  if (files.length !== 1) throw refusal('name one .glmagent file');
  const question = required(values.question, 'question');
  const top = number('top') ?? 8;
  if (!question.trim()) throw refusal('--question is empty');
  if (!Number.isInteger(top) || top < 1) throw refusal('--top wants a whole number above 0');
  await withEmbedder((embedder) => findInAgent(files[0], question, top, embedder));
}

/** Runs with the model of --embedder, if there is one. */
async function withEmbedder(run: (embedder?: Embedder) => Promise<void>): Promise<void> {
  if (values.embedder === undefined) return run();
  const { openEmbedder } = await import('./knowledge/embedder');
  const engine = values.dawn ? await openInDawn() : await openInBrowser({ profile: values.cache });
  try {
    await run(await openEmbedder(engine, values.embedder));
  } finally {
    await engine.close();
  }
}

async function main(): Promise<void> {
  const [command, file] = positionals;
  if (!command) throw refusal('no command is named');
  if (
    !['logits', 'tokenize', 'chat', 'constrain', 'agent', 'bench', 'index', 'find', 'probe', 'wgsl'].includes(
      command,
    )
  )
    throw refusal(`unknown command "${command}"`);
  if (command === 'probe') return probe();
  if (command === 'wgsl') {
    if (!values.list && !file) throw refusal('name a kernel variant, or take --list');
    process.stdout.write(values.list ? listVariants() : variantText(file));
    return;
  }
  if (command === 'index' || command === 'find') return knowledge(command, positionals.slice(1));
  if (!file) throw refusal('the model file is missing');
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new AppError('file-unreadable', `There is no file ${file}. Check the path.`, { name: file });
  }
  if (values.allow !== undefined && values.allow !== 'all') throw refusal('--allow wants all');
  if (['chat', 'constrain', 'agent'].includes(command)) required(values.prompt, 'prompt');
  if (values.thinking !== undefined && command !== 'chat' && command !== 'agent')
    throw refusal('--thinking belongs to the commands chat and agent');
  thinkingTokens();
  const schema = command === 'constrain' ? schemaFile(required(values.schema, 'schema')) : undefined;
  if (command === 'tokenize') required(values.text, 'text');
  if (values.image && values.dawn)
    throw refusal('--image needs a browser, which decodes it: leave out --dawn');
  pictures();
  if (values.kv !== undefined && values.kv !== 'f16' && values.kv !== 'f32' && values.kv !== 'i8')
    throw refusal('--kv wants f16, f32 or i8');
  const ids = values.ids?.split(',').map((text) => (/^\s*\d+\s*$/.test(text) ? Number(text) : NaN));
  if (command === 'logits' && required(ids, 'ids').some(Number.isNaN))
    throw refusal('--ids wants numbers with commas between');
  if (values.agent !== undefined && command !== 'agent')
    throw refusal('--agent belongs to the command agent');
  const agentFiles = values.agent === undefined ? undefined : await import('./knowledge/agentFile');
  const part = values.agent === undefined ? undefined : agentFiles?.agentPart(values.agent);
  const asked = command === 'agent' ? await agentRequest(agentOptions(part)) : undefined;
  const engine = values.dawn ? await openInDawn() : await openInBrowser({ profile: values.cache });
  try {
    const source = await engine.sourceOf(path.resolve(file));
    if (command === 'tokenize') {
      print(await engine.call('tokenize', { text: required(values.text, 'text'), source }));
      return;
    }
    const eyes = eyesFile(file);
    const options: LoadOptions = {
      contextTokens: number('context'),
      kvFormat: values.kv,
      ...(eyes && { eyes: await engine.sourceOf(path.resolve(eyes)) }),
    };
    const started = performance.now();
    const info = await engine.call('load', { source, options }, reportProgress);
    const loadMs = performance.now() - started;
    for (const warning of info.warnings) process.stderr.write(`${warning}\n`);
    if (values.thinking !== undefined && !info.thinks)
      process.stderr.write(`${info.name} does not reason: --thinking changes nothing\n`);
    if (command === 'logits') {
      const result = await engine.call('logits', {
        ids: ids ?? [],
        greedy: number('greedy'),
        all: values.all,
        pictures: pictures(),
        pictureTokens: number('picture-tokens'),
      });
      print({
        top: result.top,
        logSumExp: result.logSumExp,
        greedy: result.greedy,
        ...(result.all && { all: Array.from(result.all) }),
      });
    } else if (command === 'chat') {
      await chat(engine, info.sampling);
    } else if (command === 'constrain') {
      await constrain(engine, info.sampling, schema);
    } else if (asked) {
      const { contextTokens } = info;
      const { embedder } = values;
      const openModel =
        embedder === undefined
          ? undefined
          : async () => (await import('./knowledge/embedder')).openEmbedder(engine, embedder);
      const knows = part && (await agentFiles?.withKnowledge(part, { ...asked, contextTokens }, openModel));
      const sampling = samplingOf({ ...info.sampling, ...part?.sampling });
      await runAgent(engine, { ...asked, ...knows, info, sampling });
    } else {
      await bench(engine, info, loadMs);
    }
  } finally {
    await engine.close();
  }
}

await runCommand(main);
