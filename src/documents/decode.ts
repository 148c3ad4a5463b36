// Decodes the bytes of a text file. Encoding detection: byte order mark, zero bytes, then trial decoding.
export interface Decoded {
  text: string;
  encoding: string;
}

/** Share of zero bytes at even and odd positions, which reveals UTF-16 without a byte order mark. */
function zeroShares(bytes: Uint8Array): [even: number, odd: number] {
  const sample = bytes.subarray(0, 4096);
  const counts = [0, 0];
  sample.forEach((byte, index) => byte === 0 && counts[index % 2]++);
  const half = Math.max(1, sample.length / 2);
  return [counts[0] / half, counts[1] / half];
}

function tryDecode(bytes: Uint8Array, encoding: string): Decoded | null {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
  } catch {
    return null;
  }
}

/** Counts control characters other than tabs, line ends, form feeds and escapes: a sign of binary data. */
function controlCount(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 && !(code >= 9 && code <= 13) && code !== 27) count++;
  }
  return count;
}

/**
 * Decodes UTF-8, UTF-16 or GB18030 (a superset of GBK and GB2312), then Windows-1252 as a last resort.
 * null when the bytes are not text.
 */
export function decodeText(bytes: Uint8Array): Decoded | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return tryDecode(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return tryDecode(bytes, 'utf-16be');
  const [even, odd] = zeroShares(bytes);
  if (odd > 0.3 && even < 0.05) return tryDecode(bytes, 'utf-16le');
  if (even > 0.3 && odd < 0.05) return tryDecode(bytes, 'utf-16be');
  const decoded =
    tryDecode(bytes, 'utf-8') ?? tryDecode(bytes, 'gb18030') ?? tryDecode(bytes, 'windows-1252');
  if (!decoded) return null;
  const controls = controlCount(decoded.text.slice(0, 10_000));
  return controls > decoded.text.length / 100 || (controls > 0 && decoded.encoding !== 'utf-8')
    ? null
    : decoded;
}
