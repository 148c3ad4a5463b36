// The embedded rows of the pass that comes next, on the GPU: what the forward pass puts in the place of token embeddings.
import type { Gpu } from '../../gpu/device';
import type { Tensor } from '../../gpu/tensor';
import type { InjectedRows } from '../../model/architecture';
import { AppError } from '../../shared/errors';
import type { EmbeddedSpan } from '../kv/embeddedSpan';

export interface InjectionParts {
  gpu: Gpu;
  /** Tokens of the largest pass. */
  maxTokens: number;
  hiddenSize: number;
}

/** Its buffers are made when the first image comes: text needs none. */
export class Injection {
  private made: InjectedRows | undefined;

  constructor(private readonly parts: InjectionParts) {}

  /** What a pass with embedded rows is recorded with. */
  get tensors(): InjectedRows {
    const { gpu, maxTokens, hiddenSize } = this.parts;
    this.made ??= {
      source: gpu.createTensor('inject source', [maxTokens], 'u32'),
      rows: gpu.createTensor('inject rows', [maxTokens, hiddenSize]),
    };
    return this.made;
  }

  /**
   * Brings the rows of a prompt's positions [from, to) to the GPU; whatever is submitted before still sees the old ones.
   * @returns whether there are any.
   */
  async place(spans: readonly LoadedSpan[], from: number, to: number): Promise<boolean> {
    const touched = spans.filter(({ span }) => span.start < to && span.start + span.length > from);
    const loaded = await Promise.all(
      touched.map(async (entry) => ({ ...entry.span, rows: await entry.rows() })),
    );
    if (loaded.length === 0) return false;
    const { gpu } = this.parts;
    const { source, rows: target } = this.tensors;
    const sources = new Uint32Array(to - from);
    for (const { start, length, rows } of loaded) {
      const [first, end] = [Math.max(start, from), Math.min(start + length, to)];
      for (let i = first; i < end; i++) sources[i - from] = 1 + i - from;
      this.copy(rows, { length, first: first - start, count: end - first, target, at: first - from });
    }
    gpu.write(source, sources);
    return true;
  }

  private copy(
    rows: Float32Array<ArrayBuffer> | Tensor,
    {
      length,
      first,
      count,
      target,
      at,
    }: { length: number; first: number; count: number; target: Tensor; at: number },
  ): void {
    const { gpu, hiddenSize } = this.parts;
    const values = rows instanceof Float32Array ? rows.length : rows.byteLength / 4;
    if (values !== length * hiddenSize)
      throw new AppError('bug', `${length} embedded rows of ${hiddenSize} are not ${values} values.`);
    const byteLength = count * hiddenSize * 4;
    const toOffset = at * hiddenSize * 4;
    if (rows instanceof Float32Array) {
      gpu.write(target, rows.subarray(first * hiddenSize, (first + count) * hiddenSize), toOffset);
      return;
    }
    const fromOffset = rows.offset + first * hiddenSize * 4;
    gpu.copyBytes([
      { from: rows.buffer, fromOffset, to: target.buffer, toOffset: target.offset + toOffset, byteLength },
    ]);
  }

  destroy(): void {
    if (!this.made) return;
    this.parts.gpu.destroyBuffer(this.made.source.buffer);
    this.parts.gpu.destroyBuffer(this.made.rows.buffer);
  }
}

/** A span whose rows are loaded at the first request and then kept. */
export interface LoadedSpan {
  span: EmbeddedSpan;
  rows: () => Promise<Float32Array<ArrayBuffer> | Tensor>;
}

/** Spans whose `load` runs once, when a pass needs it. */
export function loadOnce(spans: readonly EmbeddedSpan[]): LoadedSpan[] {
  return spans.map((span) => {
    let loading: ReturnType<EmbeddedSpan['load']> | undefined;
    return { span, rows: () => (loading ??= span.load()) };
  });
}
