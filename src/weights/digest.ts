// Digests of shards and headers.
import { createXXHash64 } from 'hash-wasm';

/**
 * SHA-256 in hex. Without SubtleCrypto (a page not served over HTTPS): FNV-1a of the 32-bit words, marked as such. FNV
 * still detects damage, and the same page computes the same digest again.
 */
export async function digestHex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
  if (!subtle) return fnvHex(bytes);
  return hex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}

/**
 * Incremental XXH64, in hex. Detects accidental damage, not tampering. At 12 GB/s per core it adds almost nothing to a
 * load; SHA-256 (0.5 to 1.2 GB/s) would take longer than reading. A hasher digests one input at a time.
 */
export interface QuickHasher {
  begin(): void;
  add(bytes: Uint8Array): void;
  /** Digest of all bytes since `begin`. */
  end(): string;
}

export async function quickHasher(): Promise<QuickHasher> {
  const hasher = await createXXHash64();
  return {
    begin: () => void hasher.init(),
    add: (bytes) => void hasher.update(bytes),
    end: () => hasher.digest('hex'),
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Two 32-bit FNV-1a lanes with different seeds, 64 bits in all; a tail of up to seven bytes is hashed byte by byte. */
function fnvHex(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [a, b] = [0x811c9dc5, 0x01000193 ^ bytes.length];
  const whole = bytes.length & ~7;
  for (let i = 0; i < whole; i += 8) {
    a = Math.imul(a ^ view.getUint32(i, true), 0x01000193);
    b = Math.imul(b ^ view.getUint32(i + 4, true) ^ (a >>> 15), 0x01000193);
  }
  for (let i = whole; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i], 0x01000193);
    b = Math.imul(b ^ a, 0x01000193);
  }
  return 'fnv' + [a, b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}
