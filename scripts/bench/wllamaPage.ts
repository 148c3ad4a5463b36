// wllama (llama.cpp in the browser) in its own page, driven by peers.ts. It uses its defaults except for the context
// size, the number of threads, the tokens per GPU submission, and one sequence instead of four: tokens of other
// sequences in the shared cache would slow down its attention.

/** The part of wllama's API used here. */
interface Wllama {
  loadModel(blobs: Blob[], params: object): Promise<void>;
  createCompletion(options: object): Promise<WllamaAnswer>;
  isMultithread(): boolean;
}

interface WllamaAnswer {
  choices: { text: string; logprobs: { content: { top_logprobs: TopLogprob[] }[] } | null }[];
  timings: { cache_n: number; prompt_n: number; predicted_n: number; predicted_ms: number };
}

export interface TopLogprob {
  id: number;
  logprob: number;
}

export interface WllamaTurn {
  /** From the call to its result; equals the time to the first token if only one is requested. */
  ms: number;
  /** Mean over the tokens after the first, by llama.cpp's own clock. */
  msPerToken: number | null;
  promptTokens: number;
  reusedTokens: number;
  /** Log probabilities of the first token, if requested. */
  top: TopLogprob[];
}

export interface WllamaRequest {
  prompt: string;
  newTokens: number;
  fresh: boolean;
  top?: boolean;
  /** The only token it may sample: other tokens of a random model are invalid UTF-8, which its messages cannot hold. */
  onlyToken?: number;
}

declare global {
  interface Window {
    /** Loads the file, which is fetched once for both back ends. Returns milliseconds. */
    wllamaLoad(args: {
      url: string;
      webgpu: boolean;
      threads: number;
      ubatch: number;
      contextTokens: number;
    }): Promise<number>;
    wllamaTurn(webgpu: boolean, args: WllamaRequest): Promise<WllamaTurn>;
  }
}

const PACKAGE = '/peers/@wllama/wllama/esm';
const engines = new Map<boolean, Wllama>();
let model: Promise<Blob> | undefined;
/** The last lines of its log, the only information when it aborts. */
const log: string[] = [];
const note = (...parts: unknown[]) => void log.splice(0, Math.max(0, log.push(parts.join(' ')) - 30));
const logger = { debug: note, log: note, info: note, warn: note, error: note };

window.wllamaLoad = async ({ url, webgpu, threads, ubatch, contextTokens }) => {
  const { Wllama } = (await import(/* @vite-ignore */ `${PACKAGE}/index.js`)) as {
    Wllama: new (paths: { default: string }, config: object) => Wllama;
  };
  model ??= fetch(url).then((response) => response.blob());
  const blob = await model;
  const wllama = new Wllama({ default: `${PACKAGE}/wasm/wllama.wasm` }, { logger });
  const started = performance.now();
  await wllama.loadModel([new File([blob], 'model.gguf')], {
    n_ctx: contextTokens,
    n_threads: threads,
    n_gpu_layers: webgpu ? 99999 : 0,
    n_parallel: 1,
    ...(webgpu && { n_ubatch: ubatch }),
  });
  if (threads > 1 && !wllama.isMultithread()) throw new Error('wllama runs on one thread');
  engines.set(webgpu, wllama);
  return performance.now() - started;
};

window.wllamaTurn = async (webgpu, { prompt, newTokens, fresh, top, onlyToken }) => {
  const wllama = engines.get(webgpu);
  if (!wllama) throw new Error('wllama is not loaded');
  const started = performance.now();
  const options = {
    prompt,
    max_tokens: newTokens,
    temperature: 0,
    ignore_eos: true,
    ...(fresh && { cache_prompt: false }), // default true: prompts share their prefix
    ...(top && { logprobs: 5 }),
    ...(onlyToken !== undefined && { logit_bias: { [onlyToken]: 1000 } }),
  };
  const { choices, timings } = await wllama.createCompletion(options).catch((error: unknown) => {
    throw new Error(`wllama: ${String(error)}\n${log.join('\n')}`);
  });
  const ms = performance.now() - started;
  if (timings.predicted_n !== newTokens)
    throw new Error(`wllama made ${timings.predicted_n} of ${newTokens} tokens`);
  return {
    ms,
    msPerToken: newTokens > 1 ? timings.predicted_ms / (newTokens - 1) : null,
    promptTokens: timings.cache_n + timings.prompt_n,
    reusedTokens: timings.cache_n,
    top: choices[0].logprobs?.content[0].top_logprobs ?? [],
  };
};
