// An embedding model on the GPU: from texts to vectors of length 1.
import type { Gpu } from '../../gpu/device';
import { Program } from '../../gpu/program';
import type { EmbedderActivations, EmbedderModel, UnigramTokenizer } from '../../model/embedder';
import { openEmbedderCode } from '../../model/architecture';
import type { EmbedKind } from '../../protocol/calls';
import type { ModelCache, ModelManifest } from '../../weights/types';
import type { LoadedWeights } from '../../weights/upload/uploader';
import { uploadModel } from '../../weights/upload/uploader';
import { tensorMap } from '../modelInfo';
import type { Resident } from '../residents';

/** How E5 was trained: what a text is stands in front of it. */
const PREFIX: Record<EmbedKind, string> = { query: 'query: ', passage: 'passage: ' };

type EmbedderCode = Awaited<ReturnType<typeof openEmbedderCode>>;

export interface EmbedderFiles {
  manifest: ModelManifest;
  cache: ModelCache;
  /** Packs a damaged shard again. */
  repair: (index: number) => Promise<Uint8Array<ArrayBuffer>>;
}

/** A stretch of a text that the encoder reads at once, begin and end included. */
interface Window {
  text: number;
  ids: number[];
}

export interface EmbedOptions {
  signal?: AbortSignal;
  onFraction?: (fraction: number) => void;
}

export class LoadedEmbedder implements Resident {
  private constructor(
    private readonly code: EmbedderCode,
    private readonly gpu: Gpu,
    private readonly model: EmbedderModel,
    private readonly tokenizer: UnigramTokenizer,
    private readonly activations: EmbedderActivations,
    private readonly weights: LoadedWeights,
    readonly manifest: ModelManifest,
    readonly releaseLock: () => void,
  ) {}

  /** @throws AppError cache-damaged, out-of-gpu-memory and others; the signal's reason */
  static async load(
    { manifest, cache, repair }: EmbedderFiles,
    { gpu, signal, releaseLock }: { gpu: Gpu; signal: AbortSignal; releaseLock: () => void },
  ): Promise<LoadedEmbedder> {
    try {
      const code = await openEmbedderCode();
      const config = code.readEmbedderConfig(manifest.metadata, tensorMap(manifest));
      const tokenizer = code.createUnigramTokenizer(manifest.metadata);
      const weights = await uploadModel({ gpu, manifest, cache, signal, repair });
      const model = { config, weights: code.bindEmbedder(config, weights) };
      const activations = code.createEmbedderActivations(gpu, config);
      const straight = Float32Array.from({ length: config.maxTokens * 2 }, (_, i) => 1 - (i % 2)); // cosine 1, sine 0
      gpu.write(activations.angles, straight);
      return new LoadedEmbedder(code, gpu, model, tokenizer, activations, weights, manifest, releaseLock);
    } catch (error) {
      releaseLock();
      throw error;
    }
  }

  /** As a loaded model names itself. */
  get info(): { id: string } {
    return this.manifest;
  }

  get dimension(): number {
    return this.model.config.hiddenSize;
  }

  /**
   * One vector per text, side by side. A text longer than the model reads is read in windows, whose means are averaged by
   * their numbers of tokens.
   * @throws AppError device-lost; the signal's reason, between two passes
   */
  async embed(
    texts: readonly string[],
    kind: EmbedKind,
    { signal, onFraction }: EmbedOptions = {},
  ): Promise<Float32Array<ArrayBuffer>> {
    const { dimension } = this;
    const sums = new Float64Array(texts.length * dimension);
    const windows = texts.flatMap((text, i) => this.windowsOf(PREFIX[kind] + text, i));
    for (let done = 0; done < windows.length;) {
      signal?.throwIfAborted();
      const fitting = this.fitting(windows, done);
      const means = await this.run(fitting.map(({ ids }) => ids));
      fitting.forEach(({ text, ids }, i) => {
        for (let d = 0; d < dimension; d++)
          sums[text * dimension + d] += means[i * dimension + d] * Math.max(1, ids.length - 2);
      });
      done += fitting.length;
      onFraction?.(done / windows.length);
    }
    return normalized(sums, dimension);
  }

  private windowsOf(text: string, index: number): Window[] {
    const { bos, eos } = this.tokenizer;
    const ids = this.tokenizer.encode(text);
    const room = this.model.config.maxTokens - 2;
    return Array.from({ length: Math.max(1, Math.ceil(ids.length / room)) }, (_, i) => ({
      text: index,
      ids: [bos, ...ids.slice(i * room, (i + 1) * room), eos],
    }));
  }

  /** As many of the next windows as one pass takes. */
  private fitting(windows: readonly Window[], from: number): Window[] {
    let tokens = 0;
    let end = from;
    const mostTexts = this.activations.ranges.shape[0];
    for (; end < windows.length && end - from < mostTexts; end++) {
      const { length } = windows[end].ids;
      tokens += length + (length % 2);
      if (tokens > this.model.config.maxTokens && end > from) break;
    }
    return windows.slice(from, end);
  }

  /** The means of the last states of some texts, which fit a pass. */
  private async run(texts: readonly number[][]): Promise<Float32Array> {
    const { code, gpu, model, activations: all } = this;
    const places = code.placesOf(texts.map(({ length }) => length));
    const [tokens, positions] = [new Uint32Array(all.tokens.shape[0]), new Uint32Array(all.tokens.shape[0])];
    texts.forEach((ids, text) => {
      tokens.set(ids, places[text].first);
      positions.set(Uint32Array.from(ids.keys()), places[text].first);
    });
    const ranges = new Uint32Array(all.ranges.shape[0] * 2);
    ranges.set(places.flatMap(({ first, count }) => [first, count]));
    const program = Program.record(gpu, 'embed', (pass) => code.recordEmbedder(pass, model, all, places));
    try {
      await program.prepare();
      gpu.write(all.tokens, tokens);
      gpu.write(all.positions, positions);
      gpu.write(all.ranges, ranges);
      gpu.write(all.states, code.statesOf(places, all.states.shape[0]));
      gpu.submit([program]);
      return new Float32Array(await gpu.read(all.pooled));
    } finally {
      program.destroy();
    }
  }

  destroy(): void {
    for (const { buffer } of this.code.tensorsOf(this.activations)) this.gpu.destroyBuffer(buffer);
    this.weights.destroy();
    this.releaseLock();
  }
}

/** Rows of length 1. */
function normalized(rows: Float64Array, dimension: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(rows.length);
  for (let at = 0; at < rows.length; at += dimension) {
    const row = rows.subarray(at, at + dimension);
    const length = Math.hypot(...row) || 1;
    result.set(row.map((value) => value / length), at); // prettier-ignore
  }
  return result;
}
