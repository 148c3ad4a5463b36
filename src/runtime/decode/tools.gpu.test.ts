// Tools in the loop of calls and results: what each hop computes, and what becomes of a call.
import { expect } from 'vitest';
import golden from '../../model/template/golden/templates.json';
import type {
  GenerateRequest,
  GenerateSummary,
  Part,
  PartEvent,
  SamplingParams,
  ToolSpec,
  Turn,
} from '../../protocol/chat';
import { withPartEvent } from '../../shared/parts';
import { assistant, user } from '../../testing/chat';
import { writeGguf } from '../../testing/gguf';
import { gpuTest } from '../../testing/gpuTest';
import { everyDraft, fixedSteps, noDrafts } from '../../testing/policies';
import { tinyModel } from '../../testing/tinyModel';
import { memoryCache } from '../../weights/stored/cache';
import { Engine } from '../engine';
import type { Policies } from '../policies';
import type { Constraint } from './constraint';

const SAMPLED: SamplingParams = { temperature: 1, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 5 };
const notAborted = new AbortController().signal;
/** Changed by the tests; the engine reads them when it loads a model. */
let policies: Partial<Policies> = {};
const engine = new Engine({
  gpuApi: navigator.gpu,
  cache: memoryCache(),
  kernels: { nibbles: 'f32', bytes: 'f32', prefill: 'f32' }, // a pass over several tokens rounds like one over one
  get policies() {
    return policies;
  },
});
const CLOCK: ToolSpec = {
  type: 'function',
  name: 'now',
  description: 'Time',
  parameters: { type: 'object', properties: { zone: { enum: ['utc', 'cet'] } }, required: ['zone'] },
};

async function load(template: keyof typeof golden.templates, chosen: Partial<Policies> = {}) {
  policies = chosen;
  const { file } = tinyModel({ architecture: 'chatglm', type: 'Q4_0', contextTokens: 2048 });
  const metadata = { ...file.metadata, 'tokenizer.chat_template': golden.templates[template].template };
  const bytes = writeGguf({ ...file, metadata });
  const files = [new File([bytes as Uint8Array<ArrayBuffer>], `${template}.gguf`)];
  return engine.load({ kind: 'files', files }, { contextTokens: 2048 }, () => {}, notAborted);
}

/** One request; with `forced`, these ids and no others. */
async function generate(
  messages: Turn[],
  { forced, ...request }: { forced?: number[] } & Partial<GenerateRequest> = {},
): Promise<{ parts: Part[]; summary: GenerateSummary }> {
  let parts: Part[] = [...(request.continue ? (messages.at(-1)?.parts ?? []) : [])];
  let count = 0;
  const constraint: Constraint = { next: () => (forced && count < forced.length ? [forced[count++]] : null) };
  const summary = await engine.generate(
    { messages, sampling: SAMPLED, maxTokens: 12, tools: [CLOCK], ...request },
    (event) => {
      if (event.kind.startsWith('part-')) parts = withPartEvent(parts, event as PartEvent);
    },
    notAborted,
    forced && constraint,
  );
  return { parts, summary };
}

const encode = async (text: string) => (await engine.tokenize({ text }, notAborted)).ids;

gpuTest('each hop computes its observation alone', async ({ gpu: _ }) => {
  const info = await load('nano-tools');
  expect(info).toMatchObject({ tools: true, warnings: [] });
  const ids = await encode('now\n{"zone":  "utc"}'); // two blanks: not how it would be encoded
  const observation = info.vocabSize - 5 - 5; // the tenth special token of fourteen, before five rows of padding
  const question = user('what time is it?');
  const first = await generate([question], { forced: [...ids, observation], maxTokens: 99 });
  expect(first.summary.reason).toBe('observation');
  expect(first.parts).toMatchObject([
    { type: 'call', tool: 'now', args: '{"zone":  "utc"}', state: 'unknown' },
  ]);

  const result: Part = { type: 'result', callId: 'call-0', parts: [], observation: '14:05 <|user|>' };
  const turn: Turn = { role: 'assistant', parts: [...first.parts, result] };
  const second = await generate([question, turn], { continue: true });
  const added = 2 + (await encode('\n14:05 <|user|>')).length; // between the two role tokens
  const { promptTokens } = first.summary;
  expect(second.summary.promptTokens).toBe(promptTokens + ids.length + added);
  expect(second.summary.prefilledTokens).toBeLessThanOrEqual(added + 1); // the last token of the call may not be cached
  expect(second.summary.reusedTokens).toBeGreaterThanOrEqual(promptTokens + ids.length - 1);

  // The next question computes itself alone.
  const third = await generate([question, { role: 'assistant', parts: second.parts }, user('and now?')]);
  expect(third.summary.prefilledTokens).toBeLessThanOrEqual((await encode('\nand now?')).length + 3);
});

gpuTest(
  'calls of a model with random weights always parse, and are the same at any depth',
  async ({ gpu: _ }) => {
    const runs = [];
    for (const chosen of [
      { ...fixedSteps(1), ...noDrafts },
      { ...fixedSteps(8), ...everyDraft },
    ]) {
      await load('nano-tools', chosen);
      const run = [];
      for (let seed = 0; seed < 5; seed++) {
        // A random header is hardly ever a name: the answer begins with one.
        const begun: Part = { type: 'call', id: 'call-0', tool: 'now', args: '', state: 'stopped' };
        const messages = [user('what time is it?'), assistant([begun])];
        const sampling = {
          ...SAMPLED,
          temperature: seed === 4 ? 0 : 1,
          repetitionPenalty: seed % 2 ? 1.3 : 1,
          seed,
        };
        const { parts, summary } = await generate(messages, { continue: true, maxTokens: 40, sampling });
        expect(summary.steps?.constrained).toBeGreaterThan(0);
        for (const part of parts) {
          if (part.type !== 'call' || part.state !== 'unknown') continue; // free text, or cut short
          expect(part.tool).toBe('now');
          expect(['utc', 'cet']).toContain((JSON.parse(part.args) as { zone: string }).zone);
        }
        expect(parts[0]).toMatchObject({ type: 'call', state: 'unknown' });
        run.push({ parts, reason: summary.reason });
      }
      runs.push(run);
    }
    expect(runs[1]).toEqual(runs[0]);
  },
);

gpuTest('text is the same with tools as without, and its steps run ahead as before', async ({ gpu: _ }) => {
  for (const chosen of [
    { ...fixedSteps(8), ...noDrafts },
    { ...fixedSteps(8), ...everyDraft },
  ]) {
    const { id: modelId } = await load('nano-tools', chosen);
    const ids = await encode('\nThe answer:');
    const promptIds = await encode('a prompt of any kind');
    const resume = { modelId, promptIds, answerStart: promptIds.length, droppedTurns: 0, ids };
    const run = (tools: ToolSpec[]) => generate([user('go on')], { tools, resume, maxTokens: 48 });
    const [without, withTools] = [await run([]), await run([CLOCK])];
    expect(withTools.parts).toEqual(without.parts);
    expect(withTools.summary.newTokens).toBe(without.summary.newTokens);
    expect(withTools.summary.steps).toEqual(without.summary.steps);
    expect(withTools.summary.steps).toMatchObject({ constrained: 0, dropped: 0 });
  }
});

gpuTest('penalties act on text and not inside a call; a forced call comes first', async ({ gpu: _ }) => {
  const { id: modelId } = await load('nano-tools');
  const promptIds = await encode('a prompt of any kind');
  const PYTHON: ToolSpec = { type: 'python', name: 'python', description: '' };
  const begun = async (text: string, penalty: number) => {
    const resume = {
      modelId,
      promptIds,
      answerStart: promptIds.length,
      droppedTurns: 0,
      ids: await encode(text),
    };
    const sampling = {
      ...SAMPLED,
      temperature: 0,
      repetitionPenalty: penalty,
      frequencyPenalty: penalty - 1,
    };
    return (await generate([user('go on')], { tools: [PYTHON], resume, sampling, maxTokens: 24 })).parts;
  };
  const [call, text] = ['python\na = a = a = a = ', '\na = a = a = a = '];
  expect(await begun(call, 3)).toEqual(await begun(call, 1));
  expect(await begun(text, 3)).not.toEqual(await begun(text, 1));
  const { parts } = await generate([user('Hello')], { toolChoice: 'required' });
  expect(parts[0]).toMatchObject({ type: 'call', tool: 'now' });
});

gpuTest('drawing again gives the distribution of drawing under the mask', async ({ gpu: _ }) => {
  await load('nano-tools', { ...fixedSteps(2), ...noDrafts });
  const session = engine.residents.get('chat')?.session;
  if (!session) throw new Error('no session');
  const options = Array.from({ length: 4 }, (_, i) => 65 + i);
  const counts = [new Map<number, number>(), new Map<number, number>()];
  const verifier = { inCall: false, verify: (id: number) => (options.includes(id) ? null : options) };
  const rules = [{ constraint: { next: () => options } }, { verifier }];
  const ids = await encode('a prompt of any kind');
  for (let seed = 0; seed < 80; seed++) {
    for (const [i, rule] of rules.entries()) {
      await session.prefill(ids);
      for await (const id of session.decode({ ...SAMPLED, temperature: 3, seed }, rule)) {
        counts[i].set(id, (counts[i].get(id) ?? 0) + 1);
        break;
      }
    }
  }
  for (const id of options) {
    const [masked = 0, again = 0] = counts.map((count) => count.get(id));
    expect(Math.abs(masked - again), `token ${id}: ${masked} and ${again} of 80`).toBeLessThan(25);
  }
  expect(counts[1].size).toBeLessThanOrEqual(options.length);
});
