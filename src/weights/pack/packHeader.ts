// The first bytes of an exported model (exportModel.ts), small enough for every load to know them.
import type { WeightSource } from '../types';

export const PACK_MAGIC = 'GLMPACK\n';
export const PACK_VERSION = 1;
export const PACK_HEADER_BYTES = 80;

/** Whether a file begins like an exported model. @throws the source's errors */
export async function isPack(source: WeightSource, signal?: AbortSignal): Promise<boolean> {
  if ((await source.byteLength(signal)) < PACK_HEADER_BYTES) return false;
  const header = await source.read(0, PACK_HEADER_BYTES, signal);
  return new TextDecoder().decode(header).startsWith(PACK_MAGIC);
}
