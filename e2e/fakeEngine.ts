// An engine without a GPU, for UI tests and design work: it plays loads, answers and failures on demand. Compiled
// only into builds of mode `test-fake`. Query parameters: ?load=slow|fail:<code> &device=<code> &answer=slow|fail:<code>
// &context=<tokens> &lose=<ms after the first answer starts>.
import type { CallOptions, EngineClient } from '../src/client/engineClient';
import type {
  CachedModel,
  CallName,
  ChatTurn,
  EngineCalls,
  GenerateRequest,
  GenerateSummary,
  LoadProgress,
  ModelInfo,
  ModelSource,
} from '../src/protocol/engine';
import { AppError, type ErrorCode, type ErrorDetails } from '../src/shared/errors';

const DETAILS: Partial<Record<ErrorCode, ErrorDetails>> = {
  'out-of-gpu-memory': { neededBytes: 6.1e9 },
  'storage-quota': { neededBytes: 5.6e9, availableBytes: 2.2e9 },
  'context-full': { promptTokens: 8377, contextTokens: 8192 },
  network: { url: 'https://example.org/model.gguf' },
};
const failure = (code: string) =>
  new AppError(code as ErrorCode, `fake: ${code}`, DETAILS[code as ErrorCode] ?? {});

const EN_ANSWER = `I am **Nano**, a very small model of the GLM-4 kind. I run on your own graphics card, inside this tab.

Larger models of the family need more memory:

| Model | Weights | Memory on the GPU |
| --- | --- | --- |
| Nano | 12 MB | 60 MB |
| GLM-Edge-1.5B | 0.9 GB | 1.6 GB |
| GLM-4-9B | 5.3 GB | 6.4 GB |

To check what your browser offers, open its console and run:

\`\`\`js
const adapter = await navigator.gpu.requestAdapter();
console.log(adapter.info.vendor, adapter.limits.maxBufferSize);
\`\`\`

1. Press the model name at the top.
2. Choose *Open a GGUF file…* and pick the file.
3. Wait for the bar; the next start takes seconds.`;

const ZH_ANSWER = `我是 **Nano**，GLM-4 系列里一个很小的演示模型，就在这个标签页里、在您自己的显卡上运行。

更大的模型需要更多内存：

| 模型 | 权重 | 显存 |
| --- | --- | --- |
| Nano | 12 MB | 60 MB |
| GLM-Edge-1.5B | 0.9 GB | 1.6 GB |
| GLM-4-9B | 5.3 GB | 6.4 GB |

想看看浏览器能用多少，可以在控制台运行：

\`\`\`js
const adapter = await navigator.gpu.requestAdapter();
console.log(adapter.info.vendor, adapter.limits.maxBufferSize);
\`\`\`

1. 点击顶部的模型名称。
2. 选择“打开 GGUF 文件…”，然后选中文件。
3. 等进度条走完；下次启动只需几秒。`;

const answerTo = (messages: ChatTurn[]) =>
  /[\u4e00-\u9fff]/.test(messages.at(-1)?.content ?? '') ? ZH_ANSWER : EN_ANSWER;

/** Pieces as a tokenizer would make them: short words, single characters of Chinese. */
const pieces = (text: string) => text.match(/[\u4e00-\u9fff]|\s*[^\s\u4e00-\u9fff]{1,6}|\s+/g) ?? [];

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason as Error);
    if (signal?.aborted) return onAbort();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      onAbort();
    });
  });
}

const SAMPLING = { temperature: 0.6, topP: 0.8, topK: 40, minP: 0, repetitionPenalty: 1 };

function modelInfo(id: string, name: string, origin: string, contextTokens: number): ModelInfo {
  const big = name !== 'Nano';
  return {
    id,
    name,
    origin,
    architecture: 'chatglm',
    family: 'glm-4',
    numLayers: big ? 40 : 4,
    hiddenSize: big ? 4096 : 256,
    vocabSize: 151552,
    parameters: big ? 9.4e9 : 6.2e6,
    contextTokens,
    trainedContextTokens: 131072,
    packedBytes: big ? 5.6e9 : 12e6,
    gpuBytes: big ? 6.4e9 : 60e6,
    sampling: SAMPLING,
    licence: {
      name: 'The glm-4-9b License',
      badge: big ? 'Built with glm-4' : '',
      url: 'https://huggingface.co/THUDM/glm-4-9b-chat/blob/main/LICENSE',
    },
    warnings: [],
  };
}

const STORED_KEY = 'fake-engine-models';
const readStored = () => JSON.parse(localStorage.getItem(STORED_KEY) ?? '[]') as CachedModel[];
const writeStored = (models: CachedModel[]) => localStorage.setItem(STORED_KEY, JSON.stringify(models));

export function createFakeClient(query: URLSearchParams): EngineClient {
  const lossListeners = new Set<(error: AppError) => void>();
  const contextTokens = Number(query.get('context') ?? 8192);
  const wantedFailure = (name: string) => /^fail:(.+)/.exec(query.get(name) ?? '')?.[1];
  let loadsFailLeft = wantedFailure('load') ? 1 : 0;
  let loaded = false;

  async function load({ source }: { source: ModelSource }, options: CallOptions<'load'>): Promise<ModelInfo> {
    loaded = false;
    const [id, name, origin] =
      source.kind === 'files'
        ? [source.files[0].name, source.files[0].name.replace(/\.gguf$/, ''), `file:${source.files[0].name}`]
        : source.kind === 'url'
          ? new URL(source.url).pathname.endsWith('/nano.gguf')
            ? ['nano', 'Nano', source.url]
            : [source.url, source.url.split('/').pop() ?? '', source.url]
          : source.kind === 'remote'
            ? [source.origin, source.name, source.origin]
            : [
                source.id,
                ...readStored()
                  .filter((m) => m.id === source.id)
                  .flatMap((m) => [m.name, m.origin]),
              ];
    if (source.kind === 'files' && !source.files[0].name.endsWith('.gguf')) {
      throw new AppError('not-gguf', 'fake', { found: '50 4b 03 04' });
    }
    if (source.kind === 'url' && /missing/.test(source.url)) {
      throw new AppError('not-found', 'fake', { url: source.url });
    }
    const totalBytes = name === 'Nano' ? 12e6 : 5.6e9;
    const steps = query.get('load') === 'slow' ? 400 : 12;
    const phases: LoadProgress['phase'][] = source.kind === 'cached' ? ['upload'] : ['import', 'upload'];
    for (const phase of phases) {
      for (let step = 0; step <= steps; step++) {
        const doneBytes = (totalBytes * step) / steps;
        const bytesPerSecond = totalBytes / (steps * 0.05);
        const secondsLeft = (totalBytes - doneBytes) / bytesPerSecond;
        options.onEvent?.({ phase, doneBytes, totalBytes, bytesPerSecond, secondsLeft });
        await sleep(query.get('load') === 'slow' ? 50 : 10, options.signal);
        if (loadsFailLeft > 0 && step === 6) {
          loadsFailLeft--;
          throw failure(wantedFailure('load') ?? 'bug');
        }
      }
    }
    options.onEvent?.({ phase: 'compile', doneBytes: 0, totalBytes: 0, bytesPerSecond: 0, secondsLeft: 0 });
    await sleep(80, options.signal);
    loaded = true;
    const info = modelInfo(id, name, origin, contextTokens);
    const row: CachedModel = {
      id,
      name,
      origin,
      packedBytes: info.packedBytes,
      sourceBytes: info.packedBytes,
      importedAt: Date.now(),
    };
    writeStored([...readStored().filter((model) => model.id !== id), row]);
    return info;
  }

  async function generate(
    { messages, maxTokens = Infinity }: GenerateRequest,
    { signal, onEvent }: CallOptions<'generate'>,
  ): Promise<GenerateSummary> {
    if (!loaded) throw failure('no-model');
    const promptTokens = 12 + messages.reduce((sum, { content }) => sum + Math.ceil(content.length / 3), 0);
    const tokens = pieces(answerTo(messages));
    const stepMs = query.get('answer') === 'slow' ? 120 : 8;
    const started = performance.now();
    let newTokens = 0;
    const summary = (reason: GenerateSummary['reason']): GenerateSummary => ({
      reason,
      promptTokens,
      reusedTokens: messages.length > 1 ? promptTokens - 20 : 0,
      newTokens,
      prefillMs: 240,
      decodeMs: performance.now() - started,
      contextUsed: promptTokens + newTokens,
      contextTokens,
    });
    try {
      for (let doneTokens = 0; doneTokens < promptTokens; doneTokens += 16) {
        onEvent?.({ kind: 'prefill', doneTokens, totalTokens: promptTokens, reusedTokens: 0 });
        await sleep(stepMs * 4, signal);
      }
      if (wantedFailure('answer')) throw failure(wantedFailure('answer') ?? 'bug');
      for (const text of tokens) {
        if (newTokens >= maxTokens) return summary('length');
        if (promptTokens + newTokens >= contextTokens) return summary('context');
        newTokens++;
        onEvent?.({ kind: 'text', text, tokens: newTokens, contextUsed: promptTokens + newTokens });
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
      return {
        vendor: 'fake',
        architecture: '',
        description: 'Fake graphics',
        software: false,
        features: [],
        limits: {},
      };
    },
    load,
    generate,
    async listModels() {
      return readStored();
    },
    async deleteModel({ id }) {
      writeStored(readStored().filter((model) => model.id !== id));
      return null;
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
    dispose() {},
  };
}
