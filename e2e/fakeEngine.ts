// An engine without a GPU, for UI tests and design work: it simulates loads, answers and failures on demand. Compiled
// only into builds of mode `test-fake`. Query parameters: ?load=held|fail:<code> &device=<code> &answer=slow|at-once|fail:<code>
// &read=held (the first question is read) &context=<tokens> &lose=<tokens of the first answer> &gpu=<bytes it can hold>
// &retry=<seconds, once per download> &room=<bytes of storage> &damaged=<parts that a check finds> &hold=<shares of a
// download> &elsewhere &no-tools (the model knows none) &eyes (it sees) &thinks (it may reason) &software (a software adapter) &heal=<cause> (the engine heals from the first load on). A held operation resumes on the window's `online` event, as does
// the pause before a retry; a test can inspect the page until then.
import { findByOrigin, LICENCES } from '../src/catalogue';
import type { CallOptions, EngineClient, Healing } from '../src/client/engineClient';
import type { CallName, EngineCalls } from '../src/protocol/calls';
import type {
  CallPart,
  GenerateEvent,
  GenerateRequest,
  GenerateSummary,
  ResultPart,
  ToolEvent,
} from '../src/protocol/chat';
import type { LoadProgress, ModelInfo, ModelSource } from '../src/protocol/models';
import { faultsOfText } from '../src/grammar/validate';
import { AnswerText } from '../src/shared/answerText';
import { AppError, toWireError, type ErrorCode, type ErrorDetails } from '../src/shared/errors';
import { PartWriter } from '../src/shared/partWriter';
import { answerTo, HOLD } from './fakeAnswers';
import { afterCalls, CALL, CALLS, playCalls, writeCall } from './fakeCalls';
import { fakeKernels, fakeProbe, GPU, partial, stored, storedBytes } from './fakeOutside';
import { held, sleep, untilOnline } from './fakePauses';
import { countTokens, fitted, logprobsOf, pieces } from './fakeTurns';

const DETAILS: Partial<Record<ErrorCode, ErrorDetails>> = {
  'out-of-gpu-memory': { neededBytes: 6.1e9 },
  'storage-quota': { neededBytes: 5.6e9, availableBytes: 2.2e9 },
  'context-full': { promptTokens: 8377, contextTokens: 8192 },
  network: { url: 'https://example.org/model.gguf' },
  'kernel-wrong': {
    ...{ kernel: 'embed_q4', device: 'acme gpu-1', difference: '0.50', allowed: '0.00010', refused: 'no' },
  },
  'logits-not-finite': { device: 'acme gpu-1', tokens: 30 },
};
const failure = (code: string) =>
  new AppError(code as ErrorCode, `fake: ${code}`, DETAILS[code as ErrorCode] ?? {});

const SAMPLING = { temperature: 0.6, topP: 0.8, topK: 40, minP: 0, repetitionPenalty: 1 };

const EYES = { id: 'mmproj', name: 'mmproj-GLM-4.6V-Flash-Q8_0', packedBytes: 980_055_680 };

function modelInfo(id: string, name: string, origin: string, contextTokens: number): ModelInfo {
  const big = name !== 'Nano';
  const known = findByOrigin(origin);
  const packedBytes = known?.variant.packedBytes ?? (big ? 5.6e9 : 12e6);
  const licence = LICENCES[known?.model.licence ?? (big ? 'glm-4' : 'apache-2.0')];
  return {
    id,
    name,
    origin,
    architecture: 'chatglm',
    family: 'glm-4',
    numLayers: big ? 40 : 4,
    hiddenSize: big ? 4096 : 256,
    vocabSize: 151552,
    parameters: known?.model.parameters ?? (big ? 9.4e9 : 6.2e6),
    contextTokens,
    trainedContextTokens: 131072,
    packedBytes,
    gpuBytes: big ? packedBytes + 0.7e9 : 60e6,
    tools: !new URLSearchParams(location.search).has('no-tools'),
    ...(new URLSearchParams(location.search).has('eyes') && { eyes: EYES }),
    ...(new URLSearchParams(location.search).has('thinks') && { thinks: true as const }),
    sampling: SAMPLING,
    quantisation: big ? 'INT4 + INT8' : 'INT8',
    licence: { name: licence.name, badge: licence.badge, url: licence.url },
    warnings: [],
  };
}

export function createFakeClient(query: URLSearchParams): EngineClient {
  const lossListeners = new Set<(error: AppError) => void>();
  const healingListeners = new Set<(healing: Healing | null) => void>();
  const contextTokens = Number(query.get('context') ?? 8192);
  const wantedFailure = (name: string) => /^fail:(.+)/.exec(query.get(name) ?? '')?.[1];
  let loadsFailLeft = wantedFailure('load') ? 1 : 0;
  let loaded = false;
  let generated = 0;

  const room = Number(query.get('room') ?? 120e9);
  let retrySeconds = Number(query.get('retry') ?? 0);
  const holds = (query.get('hold') ?? '').split(',').map(Number);
  let damaged = Number(query.get('damaged') ?? 0);

  /** Id, name, origin. */
  function identify(source: ModelSource): [string, string, string] {
    if (source.kind === 'remote') return [source.origin, source.name, source.origin];
    if (source.kind === 'files' || source.kind === 'disk') {
      const [{ name }] = source.files;
      if (!/\.(gguf|safetensors)$/.test(name))
        throw new AppError('not-gguf', 'fake', { found: '50 4b 03 04' });
      const id = source.kind === 'disk' ? `disk-${name}` : name;
      return [id, name.replace(/\.gguf$/, ''), name];
    }
    if (source.kind === 'url') {
      if (/missing/.test(source.url)) throw new AppError('not-found', 'fake', { url: source.url });
      if (new URL(source.url).pathname.endsWith('/nano.gguf')) return ['nano', 'Nano', source.url];
      return [source.url, source.url.split('/').pop() ?? '', source.url];
    }
    const row = stored.all().find(({ id }) => id === source.id);
    return [source.id, row?.name ?? source.id, row?.origin ?? source.id];
  }

  type Report = (phase: LoadProgress['phase'], more: Partial<LoadProgress>) => void;

  /** Simulates downloading a remote model; a later call resumes where this one stopped. */
  async function download(
    source: Extract<ModelSource, { kind: 'remote' }>,
    report: Report,
    signal?: AbortSignal,
  ): Promise<void> {
    const { origin, name, files } = source;
    const totalBytes = files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
    const begun = partial.all().find(({ id }) => id === origin)?.doneBytes ?? 0;
    const availableBytes = room - storedBytes() + begun;
    if (totalBytes > availableBytes) {
      throw new AppError('storage-quota', 'fake', { neededBytes: totalBytes, availableBytes });
    }
    const bytesPerSecond = 38e6;
    for (let doneBytes = begun; doneBytes < totalBytes; doneBytes += totalBytes / 50) {
      const progress = { doneBytes, totalBytes, elsewhere: query.has('elsewhere') };
      const kept = { doneBytes, totalBytes, storedBytes: doneBytes, updatedAt: Date.now() };
      partial.put({ id: origin, name, origin, source: { ...source, token: undefined }, ...kept });
      if (retrySeconds > 0 && begun === 0 && doneBytes > totalBytes * 0.3) {
        const retry = { error: toWireError(failure('connection-lost')), attempt: 1, inSeconds: retrySeconds };
        report('import', { ...progress, retry });
        const pause = untilOnline(retrySeconds * 1000, signal);
        retrySeconds = 0;
        await pause;
      }
      report('import', {
        ...progress,
        bytesPerSecond,
        secondsLeft: (totalBytes - doneBytes) / bytesPerSecond,
      });
      const next = holds.findIndex((share) => begun < share * totalBytes && doneBytes >= share * totalBytes);
      if (next >= 0) {
        const pause = held(signal);
        holds.splice(next, 1);
        await pause;
      } else await sleep(30, signal);
    }
    report('verify', { doneBytes: totalBytes, totalBytes });
    await sleep(50, signal);
    partial.remove(origin);
  }

  const reporter =
    (onEvent?: (progress: LoadProgress) => void): Report =>
    (phase, more) =>
      onEvent?.({ phase, doneBytes: 0, totalBytes: 0, bytesPerSecond: 0, secondsLeft: Infinity, ...more });

  async function move(
    phase: 'import' | 'upload',
    totalBytes: number,
    report: Report,
    signal?: AbortSignal,
  ): Promise<void> {
    const steps = 12;
    for (let step = 0; step <= steps; step++) {
      const doneBytes = (totalBytes * step) / steps;
      const bytesPerSecond = totalBytes / 20;
      const secondsLeft = (totalBytes - doneBytes) / bytesPerSecond;
      report(phase, { doneBytes, totalBytes, bytesPerSecond, secondsLeft });
      if (step === 4 && query.get('load') === 'held') await held(signal);
      await sleep(10, signal);
      if (loadsFailLeft > 0 && step === 6) {
        loadsFailLeft--;
        throw failure(wantedFailure('load') ?? 'bug');
      }
    }
  }

  function keep(source: ModelSource, { id, name, origin, packedBytes }: ModelInfo): void {
    const disk =
      source.kind === 'disk'
        ? source.files.map((file) => ({ name: file.name, bytes: file.size }))
        : undefined;
    const row = { id, name, origin, packedBytes, sourceBytes: packedBytes, importedAt: Date.now() };
    const embedder = 'part' in source && source.part === 'embedder';
    stored.put({ ...row, ...(disk && { disk }), ...(embedder && { embedder: true, packedBytes: 67e6 }) });
  }

  /** Runs while the loaded model may be answering. */
  async function importModel(
    { source }: { source: ModelSource },
    { onEvent, signal }: CallOptions<'import'>,
  ): Promise<{ id: string; name: string }> {
    const [id, name, origin] = identify(source);
    const report = reporter(onEvent);
    if (source.kind === 'remote') await download(source, report, signal);
    else await move('import', 5.6e9, report, signal);
    keep(source, modelInfo(id, name, origin, contextTokens));
    return { id, name };
  }

  async function load(
    { source }: { source: ModelSource },
    { onEvent, signal }: CallOptions<'load'>,
  ): Promise<ModelInfo> {
    loaded = false;
    const [id, name, origin] = identify(source);
    const report = reporter(onEvent);
    const totalBytes = name === 'Nano' ? 12e6 : 5.6e9;
    if (source.kind === 'url') await move('import', totalBytes, report, signal);
    await move('upload', totalBytes, report, signal);
    report('compile', {});
    await sleep(80, signal);
    loaded = true;
    const info = modelInfo(id, name, origin, contextTokens);
    if (source.kind !== 'cached') keep(source, info);
    const cause = query.get('heal') as Healing['cause'] | null;
    if (cause) for (const listener of healingListeners) listener({ cause, attempt: 1, name, progress: null });
    return info;
  }

  async function generate(
    request: GenerateRequest,
    { signal, onEvent }: CallOptions<'generate'>,
  ): Promise<GenerateSummary> {
    if (!loaded) throw failure('no-model');
    const { maxTokens = Infinity, topLogprobs } = request;
    const { messages, droppedTurns, overflow } = fitted(request, contextTokens);
    const promptTokens = countTokens(messages);
    const begun = request.continue ? messages.at(-1)?.parts : undefined;
    const results = begun?.filter(({ type }) => type === 'result').length ?? 0;
    const asked = messages.filter(({ role }) => role !== 'assistant' || !request.continue);
    // A question with several answers: each request gets the next one.
    const several = answerTo(asked).split('‖');
    const isGrade = JSON.stringify(request.format ?? '').includes('"grade"');
    const answer = isGrade
      ? `{"reason": "Right, and short enough.", "grade": ${6 + (generated % 4)}}`
      : afterCalls(several[generated % several.length], results);
    generated++;
    const schema = request.format?.kind === 'schema' ? request.format.schema : true;
    const faults = faultsOfText(answer, schema);
    const whole = query.get('answer') === 'at-once';
    const tokens = answer
      .split(HOLD)
      .flatMap((part, i) => [
        ...(i > 0 ? [HOLD] : []),
        ...part
          .split(/(⚙\w+)⚙|(☎[^☎]+)☎/)
          .flatMap((one) => (whole || /^[⚙☎]/.test(one) ? [one] : pieces(one ?? ''))),
      ])
      .filter(Boolean);
    const stepMs = { slow: 120, 'at-once': 0 }[query.get('answer') ?? ''] ?? 8;
    const started = performance.now();
    let newTokens = 0;
    const figures = () => ({ tokens: newTokens, contextUsed: promptTokens + newTokens });
    const writer = new PartWriter({ onEvent: (event) => onEvent?.(event), begun, figures });
    const written = new AnswerText({ writer });
    const show = (part: CallPart | ResultPart) => {
      const id = part.type === 'call' ? part.id : part.callId;
      const found = writer.parts.findIndex(
        (one) =>
          one.type === part.type &&
          (one.type === 'call' ? one.id : one.type === 'result' && one.callId) === id,
      );
      const index = found < 0 ? writer.parts.length : found;
      writer.parts[index] = part;
      onEvent?.({ kind: 'tool', index, part } as ToolEvent as unknown as GenerateEvent); // in the agent's place
    };
    const summary = (reason: GenerateSummary['reason']): GenerateSummary => {
      written.end(reason !== 'stop' && reason !== 'observation');
      return {
        reason,
        promptTokens,
        reusedTokens: messages.length > 1 ? promptTokens - 20 : 0,
        newTokens,
        prefillMs: 240,
        decodeMs: query.has('software') ? newTokens * 380 : performance.now() - started,
        contextUsed: promptTokens + newTokens,
        contextTokens,
        droppedTurns,
        ...(request.format?.kind === 'schema' && { formatFaults: faults }),
        gpuBytes: 61e6,
        kvBytes: 4e6,
        speculation: { passes: 4, draftedTokens: 28, acceptedTokens: 17 },
      };
    };
    if (overflow) return { ...summary('context'), overflow };
    try {
      for (let doneTokens = 0; doneTokens < promptTokens; doneTokens += Math.max(16, promptTokens / 40)) {
        onEvent?.({ kind: 'prefill', doneTokens, totalTokens: promptTokens, reusedTokens: 0 });
        if (query.get('read') === 'held') {
          query.delete('read');
          await held(signal);
        }
        await sleep(stepMs * 4, signal);
      }
      if (wantedFailure('answer')) throw failure(wantedFailure('answer') ?? 'bug');
      for (const text of tokens) {
        if (text === HOLD) {
          await held(signal);
          continue;
        }
        if (text.startsWith(CALLS)) {
          await playCalls(text.slice(1), {
            writer,
            show,
            pause: () => sleep(stepMs, signal),
            hold: () => held(signal),
          });
          continue;
        }
        if (text.startsWith(CALL)) {
          await writeCall(text.slice(1), { writer, pause: () => sleep(stepMs, signal) });
          return summary('observation');
        }
        if (newTokens >= maxTokens) return summary('length');
        if (promptTokens + newTokens >= contextTokens) return summary('context');
        newTokens++;
        if (topLogprobs !== undefined) onEvent?.(logprobsOf(text, newTokens));
        written.push(text);
        await sleep(stepMs, signal);
        if (newTokens === Number(query.get('lose'))) {
          loaded = false;
          query.delete('lose');
          for (const listener of lossListeners) listener(failure('device-lost'));
          throw failure('device-lost');
        }
      }
      return summary('stop');
    } catch (error) {
      if (signal?.aborted) return summary('aborted');
      throw error;
    }
  }

  const calls: {
    [K in CallName]?: (
      args: EngineCalls[K]['args'],
      options: CallOptions<K>,
    ) => Promise<EngineCalls[K]['result']>;
  } = {
    async device() {
      const code = query.get('device');
      if (code) throw failure(code);
      return { ...GPU, software: query.has('software') };
    },
    import: importModel,
    load,
    generate,
    countTokens: async ({ messages }) => ({ tokens: countTokens(messages) }),
    forgetKept: async () => null,
    async embed({ texts }, { signal }) {
      await sleep(50, signal);
      const vectors = texts.flatMap((text) => [text.length % 2, (text.length + 1) % 2]);
      return { dimension: 2, vectors: new Float32Array(vectors) };
    },
    listModels: async () => stored.all(),
    deleteModel: async ({ id }) => (stored.remove(id), null),
    listPartial: async () => partial.all(),
    deletePartial: async ({ id }) => (partial.remove(id), null),
    async verifyModel(_, { onEvent, signal }) {
      for (let step = 0; step <= 10; step++) {
        onEvent?.({ doneBytes: step, totalBytes: 10 });
        await sleep(40, signal);
      }
      const shards = Array.from({ length: damaged }, (_, i) => i * 7);
      damaged = 0;
      return { damagedShards: shards, repairedShards: shards };
    },
    async exportModel({ id }) {
      return { blob: new Blob(['fake']), fileName: `${id.split('/').pop()}.glmpack` };
    },
    async probe(_, { onEvent }) {
      for (let step = 0; step <= 10; step++) {
        onEvent?.({ fraction: step / 10 });
        await sleep(40);
      }
      return fakeProbe(query, room);
    },
    async checkDevice(_, { onEvent, signal }) {
      const total = 60;
      for (let done = 0; done < total; done += 12) {
        await sleep(query.has('check-slowly') ? 2000 : 20, signal);
        onEvent?.({ kernels: fakeKernels(done, 12), total });
      }
      return { device: GPU, host: 'Fake 1.0', streamBytesPerSecond: 4.1e11, tookMs: 900 };
    },
  };

  return {
    async call(name, args, options = {}) {
      const run = calls[name];
      if (!run) throw failure('bug');
      return run(args, options);
    },
    onDeviceLost(listener) {
      lossListeners.add(listener);
      return () => lossListeners.delete(listener);
    },
    onHealing(listener) {
      healingListeners.add(listener);
      return () => healingListeners.delete(listener);
    },
    onResident: () => () => undefined,
    resident: async () => null,
    dispose() {},
  };
}
