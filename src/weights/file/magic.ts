// Guesses the format of a file that is not GGUF: users pick the wrong download, and servers answer with a web page.
import { AppError } from '../../shared/errors';

/** AppError 'not-gguf' with the first bytes in hex and the guessed format. */
export function alienFormat(bytes: Uint8Array): AppError {
  const found = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const guess = guessFormat(bytes);
  const message = `Not a GGUF file: it starts with ${found}, not 47 47 55 46${guess && `; it looks like ${guess}`}.`;
  return new AppError('not-gguf', message, { found, guess });
}

/** The format that the first bytes suggest; '' if unknown. */
export function guessFormat(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, 256)).trimStart();
  if (text.startsWith('GGUF')) return 'a GGUF file';
  if (/^<(!doctype|html|head|\?xml)/i.test(text)) return 'an HTML page';
  if (text.startsWith('version https://git-lfs')) return 'a Git LFS pointer: fetch the real file';
  if (bytes[8] === 0x7b && bytes[7] === 0) return 'a safetensors file'; // u64 header length, then JSON
  if (text.startsWith('PK')) return 'a zip archive or a PyTorch checkpoint';
  if (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5) return 'a Python pickle';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'a gzip archive';
  if (text.startsWith('{')) return 'JSON';
  if (/^(lmgg|fmgg|tjgg)/.test(text)) return 'an old ggml file';
  return '';
}
