// Decodes the bytes of a text file. Certain signs come first: byte order mark, zero bytes, valid UTF-8. Everything else
// is a matter of plausibility (plausible.ts): a decoder that reports no error proves nothing.
import type { Encoding } from './encodings';
import { plausibility, SAMPLE_BYTES, type Candidate, CANDIDATES } from './plausible';

export interface Decoded {
  text: string;
  encoding: string;
  /** The bytes do not prove the encoding: the reader should see it, and be able to choose another. */
  guessed?: true;
}

/** What the language of the page adds to the plausibility of its encodings. */
const PAGE_LANGUAGE = 0.1;
/** Share of broken characters up to which a text is UTF-8 all the same: a log cut in the middle of a character. */
const UTF8_DAMAGE = 0.1;

/** Share of zero bytes at even and odd positions, which reveals UTF-16 without a byte order mark. */
function zeroShares(bytes: Uint8Array): [even: number, odd: number] {
  const sample = bytes.subarray(0, 4096);
  const counts = [0, 0];
  sample.forEach((byte, index) => byte === 0 && counts[index % 2]++);
  const half = Math.max(1, sample.length / 2);
  return [counts[0] / half, counts[1] / half];
}

function decode(bytes: Uint8Array, encoding: string, fatal = false): string | null {
  try {
    // In two calls: Node 20 reads windows-1252 as Latin-1 when it is given a whole text (nodejs/node issue 56542).
    const decoder = new TextDecoder(encoding, { fatal });
    return decoder.decode(bytes, { stream: true }) + decoder.decode();
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

/** UTF-16 without a byte order mark, recognised by the zero bytes of Latin letters or by the high bytes of Chinese. */
function utf16Of(bytes: Uint8Array): Decoded | null {
  const [even, odd] = zeroShares(bytes);
  if (odd > 0.3 && even < 0.05) return guessed(bytes, 'utf-16le');
  if (even > 0.3 && odd < 0.05) return guessed(bytes, 'utf-16be');
  // Line ends and blanks still have zero bytes. In UTF-8 and the older encodings a text has none.
  if (bytes.length % 2 !== 0 || even + odd === 0) return null;
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const best = (['utf-16le', 'utf-16be'] as const)
    .map((encoding) => ({ encoding, score: plausibility(decode(sample, encoding) ?? '', 'han') }))
    .sort((a, b) => b.score - a.score)[0];
  return best.score > 0.3 ? guessed(bytes, best.encoding) : null;
}

function guessed(bytes: Uint8Array, encoding: string): Decoded | null {
  const text = decode(bytes, encoding);
  return text === null ? null : { text, encoding, guessed: true };
}

/** The bytes that the guess looks at: the surroundings of the first bytes beyond ASCII, on whole lines. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte >= 0x80);
  const lineStart = bytes.lastIndexOf(10, first) + 1;
  const start = first - lineStart > SAMPLE_BYTES / 2 ? first : lineStart;
  const sample = bytes.subarray(start, start + SAMPLE_BYTES);
  const lineEnd = sample.lastIndexOf(10);
  return start + sample.length < bytes.length && lineEnd > SAMPLE_BYTES / 2
    ? sample.subarray(0, lineEnd)
    : sample;
}

/** The encoding that a web page, an XML file or a script names in its first lines; undefined without one. */
function declared(bytes: Uint8Array): Decoded | null {
  const head = decode(bytes.subarray(0, 1024), 'latin1') ?? '';
  const label =
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)|^#.*coding[:=]\s*([\w-]+)/im.exec(
      head,
    );
  const name = label?.slice(1).find(Boolean);
  if (!name) return null;
  const found = guessed(bytes, /^(gbk|gb2312)$/i.test(name) ? 'gb18030' : name.toLowerCase());
  return found && !found.text.includes('\uFFFD') ? found : null;
}

/** The most plausible encoding of bytes that are not UTF-8. */
function guess(bytes: Uint8Array, language: string): Decoded | null {
  const sample = sampleOf(bytes);
  let best: { candidate: Candidate; score: number } | undefined;
  for (const candidate of CANDIDATES) {
    const isWide = candidate.encoding.startsWith('utf-16');
    if (isWide && bytes.length % 2 !== 0) continue;
    const text = decode(isWide ? bytes.subarray(0, SAMPLE_BYTES) : sample, candidate.encoding);
    if (text === null) continue;
    const { script, languages, rarity = 0 } = candidate;
    const score = plausibility(text, script) - rarity + (languages.test(language) ? PAGE_LANGUAGE : 0);
    if (!best || score > best.score) best = { candidate, score };
  }
  return best ? guessed(bytes, best.candidate.encoding) : null;
}

/** UTF-8 with a few broken characters, which become U+FFFD. */
function damagedUtf8(bytes: Uint8Array): Decoded | null {
  const text = decode(sampleOf(bytes), 'utf-8') ?? '';
  const broken = text.split('\uFFFD').length - 1;
  const others = [...text].filter((char) => char > '\x7f').length - broken;
  return others > 0 && broken <= Math.max(1, others * UTF8_DAMAGE) && others > 2 * broken
    ? guessed(bytes, 'utf-8')
    : null;
}

/**
 * Decodes UTF-8, UTF-16, GB18030 (a superset of GBK and GB2312), Big5, Shift_JIS, EUC-JP, EUC-KR, or one of the
 * Windows encodings. null when the bytes are not text.
 * @param language of the page, which decides between equally plausible encodings.
 */
export function decodeText(bytes: Uint8Array, language = ''): Decoded | null {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return marked(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return marked(bytes, 'utf-16be');
  if (first === 0xef && second === 0xbb && third === 0xbf) return marked(bytes, 'utf-8');
  const utf16 = utf16Of(bytes);
  if (utf16) return isText(utf16) ? utf16 : null;
  const strict = decode(bytes, 'utf-8', true);
  const decoded: Decoded | null =
    strict !== null
      ? { text: strict, encoding: 'utf-8' }
      : (damagedUtf8(bytes) ?? declared(bytes) ?? guess(bytes, language));
  return decoded && isText(decoded) ? decoded : null;
}

function marked(bytes: Uint8Array, encoding: string): Decoded | null {
  const text = decode(bytes, encoding);
  return text === null ? null : { text, encoding };
}

function isText({ text, encoding }: Decoded): boolean {
  const controls = controlCount(text.slice(0, 10_000));
  return controls === 0 || (encoding === 'utf-8' && controls <= text.length / 100);
}

/** The text in an encoding that the reader chose; broken characters become U+FFFD. */
export function decodeAs(bytes: Uint8Array, encoding: Encoding): Decoded {
  return { text: decode(bytes, encoding) ?? '', encoding };
}
