// Vectors of chunks by an embedding model, as int8: a vector's largest value is 127, and its length says nothing.
import type { Vectors } from '../types';

/** An embedding model, wherever it runs. */
export interface Embedder {
  /** Its id: vectors of different models cannot be compared. */
  model: string;
  /** One vector per text, side by side. */
  embed(
    texts: string[],
    kind: 'query' | 'passage',
    signal?: AbortSignal,
  ): Promise<{ dimension: number; vectors: Float32Array }>;
}

/** Chunks that are embedded at once: a stop waits for them, and so does the chat. */
export const BATCH = 8;

/** Rows of floats as int8. */
export function toInt8(rows: Float32Array, dimension: number): Int8Array {
  const result = new Int8Array(rows.length);
  for (let at = 0; at < rows.length; at += dimension) {
    const row = rows.subarray(at, at + dimension);
    const peak = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    for (let d = 0; d < dimension; d++) result[at + d] = Math.round((row[d] * 127) / peak);
  }
  return result;
}

/** How many chunks of the base this model has read: it goes on from there. */
export const embeddedChunks = ({ vectors }: { vectors?: Vectors }, model: string): number =>
  vectors?.model === model ? vectors.values.length / vectors.dimension : 0;

/** The vectors with those of the next chunks behind them. */
export function withVectors(
  earlier: Vectors | undefined,
  model: string,
  added: { dimension: number; vectors: Float32Array },
): Vectors {
  const { dimension } = added;
  const kept =
    earlier?.model === model && earlier.dimension === dimension ? earlier.values : new Int8Array(0);
  const values = new Int8Array(kept.length + added.vectors.length);
  values.set(kept);
  values.set(toInt8(added.vectors, dimension), kept.length);
  return { model, dimension, values };
}

/** 1 / length of each vector, by the values: a base is searched more often than it changes. */
const scales = new WeakMap<Int8Array, Float64Array>();

function scalesOf({ dimension, values }: Vectors): Float64Array {
  let known = scales.get(values);
  if (!known) {
    known = new Float64Array(values.length / dimension);
    for (let id = 0, at = 0; at < values.length; id++) {
      let squares = 0;
      for (let d = 0; d < dimension; d++, at++) squares += values[at] * values[at];
      known[id] = 1 / Math.sqrt(squares || 1);
    }
    scales.set(values, known);
  }
  return known;
}

/** The cosine of each vector to that of a question. */
export function cosines(vectors: Vectors, question: Float32Array): Float64Array {
  const { dimension, values } = vectors;
  const result = scalesOf(vectors).slice();
  for (let id = 0, at = 0; at < values.length; id++) {
    let dot = 0;
    for (let d = 0; d < dimension; d++, at++) dot += values[at] * question[d];
    result[id] *= dot;
  }
  return result;
}
