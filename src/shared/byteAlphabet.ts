// The GPT-2 byte alphabet: a GGUF spells each byte of a token as one printable character. Printable bytes
// (33–126, 161–172, 174–255) map to themselves, the other 68 to U+0100 and up, in order.

const CHAR_OF_BYTE: string[] = [];
const BYTE_OF_CHAR = new Map<string, number>();
for (let byte = 0, next = 256; byte < 256; byte++) {
  const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  const char = String.fromCharCode(printable ? byte : next++);
  CHAR_OF_BYTE.push(char);
  BYTE_OF_CHAR.set(char, byte);
}

/** The letter of a byte. */
export function charOfByte(byte: number): string {
  return CHAR_OF_BYTE[byte];
}

/** Bytes as characters of the alphabet, one each. */
export function spellBytes(bytes: Uint8Array): string {
  let spelled = '';
  for (const byte of bytes) spelled += CHAR_OF_BYTE[byte];
  return spelled;
}

/** The inverse of {@link spellBytes}; undefined for a character outside the alphabet. */
export function unspellBytes(spelled: string): Uint8Array | undefined {
  const bytes = new Uint8Array(spelled.length);
  for (let i = 0; i < spelled.length; i++) {
    const byte = BYTE_OF_CHAR.get(spelled[i]);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
