// Rows of embeddings in a prompt, where an image or a sound takes the place of tokens.
import type { Tensor } from '../../gpu/tensor';
import type { GridSpan } from '../../model/rotaryLayout';
import { RotaryLayout } from '../../model/rotaryLayout';
import { AppError } from '../../shared/errors';

/** Ids from here on stand for injected rows. No vocabulary reaches them, and they fit 32 bits. */
const FIRST_INJECTED_ID = 2 ** 31;

export interface EmbeddedContent {
  /** Names the rows: two spans with the same digest and size have the same rows. Covers everything they come from. */
  digest: string;
  /** Number of rows. */
  length: number;
  /** Rotary positions of an image: rows · columns = length. Without it the rows are positioned like tokens. */
  grid?: { rows: number; columns: number };
}

/** Rows at a place in a prompt. Its ids there are those of {@link embeddedIds}. */
export interface EmbeddedSpan extends EmbeddedContent {
  /** Index of the first row among the prompt's ids. */
  start: number;
  /** The rows, [length, D]; asked for once per prefill, and only when some of them have to be computed. */
  load: () => Promise<Float32Array<ArrayBuffer> | Tensor>;
}

/**
 * Ids that stand for the rows of a span wherever sequences are compared: in the KV cache, parked ends and stored blocks.
 * Derived from the digest, the size and the grid, so that images of one size do not pass for each other. 31 bits per row
 * and 64 in all: one row agrees by chance with probability 2⁻³¹.
 */
export function embeddedIds({ digest, length, grid }: EmbeddedContent): number[] {
  const name = `${digest} ${length} ${grid?.rows ?? ''}x${grid?.columns ?? ''}`;
  const [a, b] = [hash(name, 0x811c9dc5), hash(name, 0x2545f491)];
  return Array.from({ length }, (_, i) => {
    const word = mixed(a ^ mixed(b + Math.imul(i + 1, 0x9e3779b9)));
    return FIRST_INJECTED_ID + (word >>> 1);
  });
}

/** Whether an id stands for an injected row. */
export function isInjected(id: number): boolean {
  return id >= FIRST_INJECTED_ID;
}

/**
 * The positions of a prompt with these spans.
 * @throws AppError 'bug' when spans and ids disagree.
 */
export function layoutOf(ids: readonly number[], spans: readonly EmbeddedSpan[]): RotaryLayout {
  const isCovered = new Uint8Array(ids.length);
  for (const span of spans) {
    const { start, length, grid } = span;
    if (grid && grid.rows * grid.columns !== length)
      throw new AppError('bug', `A grid of ${grid.rows} × ${grid.columns} is not ${length} rows.`);
    const wanted = embeddedIds(span);
    if (wanted.some((id, i) => ids[start + i] !== id))
      throw new AppError('bug', `The prompt's ids at ${start} are not those of its ${length} embedded rows.`);
    isCovered.fill(1, start, start + length);
  }
  const bare = ids.findIndex((id, i) => isInjected(id) && !isCovered[i]);
  if (bare >= 0) throw new AppError('bug', `The prompt has no rows for its embedded id at ${bare}.`);
  const grids = spans.flatMap(({ start, grid }): GridSpan[] => (grid ? [{ start, ...grid }] : []));
  return new RotaryLayout(grids.sort((a, b) => a.start - b.start));
}

/** FNV-1a of a text's UTF-16 units, 32 bits. */
function hash(text: string, seed: number): number {
  let value = seed;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return mixed(value);
}

/** The finaliser of MurmurHash3: every bit of the input reaches every bit of the output. */
function mixed(word: number): number {
  let value = word ^ (word >>> 16);
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return value ^ (value >>> 16);
}
