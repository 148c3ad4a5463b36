// Reading a zip that strangers made: sizes are claims, and fflate does not compare checksums.
import { unzipSync } from 'fflate';
import { AppError } from '../../shared/errors';
import { ZipBudget, type ZipRefusal } from '../../shared/zipBudget';

/** Limit of all parts after unpacking: text of 100 books with their index. */
const MAX_BYTES = 1e9;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as zips use it (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}

/** The checksums in a zip's directory, by name (PKWARE's APPNOTE, 4.3.12 and 4.3.16). */
function checksumsOf(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--; // throws RangeError at the start
  const checksums = new Map<string, number>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    checksums.set(name, view.getUint32(at + 16, true));
    at += 46 + nameLength + extra + comment;
  }
  return checksums;
}

export function damaged(name: string, where: string, why: string, cause?: unknown): AppError {
  const message = `${name} is damaged: at ${where}: ${why}. Get the file again, or export it again.`;
  return new AppError('agent-damaged', message, { name, where, why }, cause);
}

/**
 * The parts of a zip whose names `wanted` accepts.
 * @throws AppError agent-damaged, agent-too-large
 */
export function readParts(
  bytes: Uint8Array,
  name: string,
  wanted: (part: string) => boolean,
): Record<string, Uint8Array> {
  const budget = new ZipBudget(bytes.length, MAX_BYTES);
  const accept = (refusal: ZipRefusal | undefined) => {
    if (refusal?.kind === 'too-large') {
      const details = { name, bytes: refusal.bytes, maxBytes: refusal.maxBytes };
      throw new AppError('agent-too-large', `${name} unpacks to ${refusal.bytes} bytes or more.`, details);
    }
    if (refusal) throw damaged(name, 'the zip', 'its list of parts cannot be true');
  };
  let parts: Record<string, Uint8Array>;
  let checksums: Map<string, number>;
  try {
    parts = unzipSync(bytes, {
      filter(part) {
        accept(budget.see(part));
        if (!wanted(part.name)) return false;
        accept(budget.take(part.originalSize));
        return true;
      },
    });
    checksums = checksumsOf(bytes);
  } catch (error) {
    throw error instanceof AppError ? error : damaged(name, 'the zip', 'it is cut or changed', error);
  }
  for (const [part, content] of Object.entries(parts))
    if (checksums.get(part) !== crc32(content)) throw damaged(name, part, 'its bytes have changed');
  return parts;
}
