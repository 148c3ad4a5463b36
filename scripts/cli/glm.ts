// The command line over the app's own engine: its worker in headless Chromium, or Node through Dawn (--dawn).
// Answers on stdout, diagnostics on stderr, exit status 1 on error.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MODELS } from '../../src/catalogue/models';
import { predict, suggest } from '../../src/catalogue/predict';
import type { EngineCalls } from '../../src/protocol/calls';
import type { AnswerFormat, GenerateEvent, Part, PartEvent, Turn } from '../../src/protocol/chat';
import type { LoadOptions, LoadProgress, ModelInfo } from '../../src/protocol/models';
import { AppError } from '../../src/shared/errors';
import { withPartEvent } from '../../src/shared/parts';
import { samplingValues } from '../../src/shared/sampling';
import { agent, agentRequest, type AgentOptions } from './agentCommand';
import { openInBrowser, type BrowserEngine } from './cliBrowser';
import { openInDawn } from './cliDawn';
import type { CliEngine } from './cliEngine';
import { commandLine, runCommand } from '../commandLine';
import { listVariants, variantText } from './wgslText';

const { values, positionals, refusal } = commandLine(
  `npm run --silent glm -- COMMAND MODEL.gguf [options]
  logits   --ids 1,2,3 [--greedy N] [--all]        top logits after the last id, as JSON
  tokenize --text "…"                              ids, as JSON; special tokens in the text stay text
  chat     --prompt "…" [--prompt "…" …] [--system "…"] [--max-tokens N] [--temperature 0] [--seed S]
           [--top-p P] [--top-k K] [--min-p P] [--repetition-penalty R]
  constrain --prompt "…" --schema FILE.json         an answer that is JSON of the schema; options of chat
  agent    --prompt "…" [--prompt "…" …] [--tools python,…] [--functions FILE.json] [--allow all]
           one line of JSON per step; without --allow all a call that asks is refused; options of chat
  bench    --prompt-tokens P --decode N [--repeat R]
  probe    (no model) what this machine can do, and what that means for every model of the catalogue, as JSON
  wgsl     (no model) --list: the names of all kernel variants; wgsl NAME: the text of one, as the GPU's driver gets it
any:       [--dawn] Node through Dawn instead of Chromium  [--context N]  [--kv f16|f32|i8]
           [--cache DIR] keep the browser profile, so that the next start reads IndexedDB
The first part names a split model (-00001-of-000NN.gguf).`,
  {
    ids: { type: 'string' },
    greedy: { type: 'string' },
    all: { type: 'boolean' },
    schema: { type: 'string' },
    tools: { type: 'string' },
    functions: { type: 'string' },
    allow: { type: 'string' },
    text: { type: 'string' },
    prompt: { type: 'string', multiple: true },
    system: { type: 'string' },
    'max-tokens': { type: 'string' },
    temperature: { type: 'string' },
    'top-p': { type: 'string' },
    'top-k': { type: 'string' },
    'min-p': { type: 'string' },
    'repetition-penalty': { type: 'string' },
    seed: { type: 'string' },
    'prompt-tokens': { type: 'string' },
    decode: { type: 'string' },
    repeat: { type: 'string' },
    context: { type: 'string' },
    kv: { type: 'string' },
    cache: { type: 'string' },
    dawn: { type: 'boolean' },
    list: { type: 'boolean' },
  },
);

/** An option that must be a finite number; undefined if absent. */
function number(name: keyof typeof values): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (typeof text !== 'string' || text.trim() === '' || !Number.isFinite(value))
    throw refusal(`--${name} wants a number, not "${String(text)}"`);
  return value;
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw refusal(`--${name} is missing`);
  return value;
}

function reportProgress({ phase, doneBytes, totalBytes, bytesPerSecond }: LoadProgress): void {
  if (!process.stderr.isTTY) return;
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  process.stderr.write(`\r\x1b[K${phase} ${mb(doneBytes)}/${mb(totalBytes)} MB ${mb(bytesPerSecond)} MB/s`);
  if (doneBytes >= totalBytes) process.stderr.write('\r\x1b[K');
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

async function chat(
  engine: CliEngine,
  recommended: EngineCalls['load']['result']['sampling'],
  format?: AnswerFormat,
): Promise<void> {
  const sampling = samplingOf(recommended);
  const messages: Turn[] = values.system ? [textTurn('system', values.system)] : [];
  for (const [turn, prompt] of required(values.prompt, 'prompt').entries()) {
    if (turn > 0) process.stdout.write('---\n');
    messages.push(textTurn('user', prompt));
    let parts: Part[] = [];
    const onEvent = (event: GenerateEvent) => {
      if (!('index' in event)) return;
      parts = withPartEvent(parts, event);
      process.stdout.write(printed(event));
    };
    const summary = await engine.call(
      'generate',
      { messages, sampling, maxTokens: number('max-tokens'), format },
      onEvent,
    );
    process.stdout.write('\n');
    for (const { where, why } of summary.formatFaults ?? [])
      process.stderr.write(`not valid at ${where || 'the root'}: ${why}\n`);
    const speed = summary.decodeMs > 0 ? ((summary.newTokens - 1) / summary.decodeMs) * 1000 : 0;
    process.stderr.write(
      `[${summary.reason}] prompt ${summary.promptTokens} (${summary.reusedTokens} reused) in ${summary.prefillMs.toFixed(0)} ms, ` +
        `${summary.newTokens} new at ${speed.toFixed(1)} tokens/s, context ${summary.contextUsed}/${summary.contextTokens}\n`,
    );
    messages.push({ role: 'assistant', parts });
  }
}

const agentOptions = (): AgentOptions => ({
  prompt: values.prompt ?? [],
  system: values.system,
  tools: values.tools,
  functions: values.functions,
  allowAll: values.allow === 'all',
  maxTokens: number('max-tokens'),
});

/** The schema in a file. */
function schemaFile(file: string): AnswerFormat {
  if (!existsSync(file))
    throw new AppError('file-unreadable', `There is no file ${file}. Check the path.`, { name: file });
  try {
    return { kind: 'schema', schema: JSON.parse(readFileSync(file, 'utf8')) as unknown };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('bad-schema', `${file} is no JSON: ${why}`, { where: file, why });
  }
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

async function main(): Promise<void> {
  const [command, file] = positionals;
  if (!command) throw refusal('no command is named');
  if (!['logits', 'tokenize', 'chat', 'constrain', 'agent', 'bench', 'probe', 'wgsl'].includes(command))
    throw refusal(`unknown command "${command}"`);
  if (command === 'probe') return probe();
  if (command === 'wgsl') {
    if (!values.list && !file) throw refusal('name a kernel variant, or take --list');
    process.stdout.write(values.list ? listVariants() : variantText(file));
    return;
  }
  if (!file) throw refusal('the model file is missing');
  if (!existsSync(file)) {
    throw new AppError('file-unreadable', `There is no file ${file}. Check the path.`, { name: file });
  }
  if (command === 'agent' && values.dawn)
    throw refusal('agent runs its tools in a browser: leave out --dawn');
  if (values.allow !== undefined && values.allow !== 'all') throw refusal('--allow wants all');
  if (['chat', 'constrain', 'agent'].includes(command)) required(values.prompt, 'prompt');
  const format = command === 'constrain' ? schemaFile(required(values.schema, 'schema')) : undefined;
  if (command === 'tokenize') required(values.text, 'text');
  if (values.kv !== undefined && values.kv !== 'f16' && values.kv !== 'f32' && values.kv !== 'i8')
    throw refusal('--kv wants f16, f32 or i8');
  const ids = values.ids?.split(',').map((text) => (/^\s*\d+\s*$/.test(text) ? Number(text) : NaN));
  if (command === 'logits' && required(ids, 'ids').some(Number.isNaN))
    throw refusal('--ids wants numbers with commas between');
  const asked = command === 'agent' ? agentRequest(agentOptions()) : undefined;
  const engine = values.dawn ? await openInDawn() : await openInBrowser({ profile: values.cache });
  try {
    const source = await engine.sourceOf(path.resolve(file));
    if (command === 'tokenize') {
      print(await engine.call('tokenize', { text: required(values.text, 'text'), source }));
      return;
    }
    const options: LoadOptions = { contextTokens: number('context'), kvFormat: values.kv };
    const started = performance.now();
    const info = await engine.call('load', { source, options }, reportProgress);
    const loadMs = performance.now() - started;
    for (const warning of info.warnings) process.stderr.write(`${warning}\n`);
    if (command === 'logits') {
      const result = await engine.call('logits', {
        ids: ids ?? [],
        greedy: number('greedy'),
        all: values.all,
      });
      print({
        top: result.top,
        logSumExp: result.logSumExp,
        greedy: result.greedy,
        ...(result.all && { all: Array.from(result.all) }),
      });
    } else if (command === 'chat' || command === 'constrain') {
      await chat(engine, info.sampling, format);
    } else if (asked) {
      await agent((engine as BrowserEngine).page, { ...asked, info, sampling: samplingOf(info.sampling) });
    } else {
      await bench(engine, info, loadMs);
    }
  } finally {
    await engine.close();
  }
}

await runCommand(main);
