// A safetensors writer for tests and scripts. Format: the README of huggingface/safetensors. It shares no code with the
// reader in src/weights/file/official, which it tests.

export interface SafetensorData {
  name: string;
  dtype: 'F32' | 'F16' | 'BF16' | 'I64';
  shape: readonly number[];
  data: Uint8Array;
}

/** A whole file in memory, its header padded with spaces to a multiple of 8 as the reference writer does. */
export function writeSafetensors(tensors: readonly SafetensorData[]): Uint8Array<ArrayBuffer> {
  const entries: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const { name, dtype, shape, data } of tensors) {
    entries[name] = { dtype, shape, data_offsets: [end, end + data.length] };
    end += data.length;
  }
  const file = withHeader(JSON.stringify(entries), end);
  let at = file.length - end;
  for (const { data } of tensors) {
    file.set(data, at);
    at += data.length;
  }
  return file;
}

/** A file with an arbitrary header, for invalid files; its data is zeros. */
export function withHeader(json: string, dataBytes: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + padded + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.fill(0x20, 8, 8 + padded);
  file.set(text, 8);
  return file;
}
