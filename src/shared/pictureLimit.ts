// Whether a picture is too large to decode, by the size that its own header declares. image-size reads the headers of all
// formats that browsers draw.
import { imageSize } from 'image-size';
import { AppError } from './errors';

/** Larger pictures take gigabytes while they are decoded; a file of kilobytes can declare one. */
const MAX_PIXELS = 64 * 2 ** 20;
/** A size stands in the first bytes; in a JPEG behind its EXIF data and colour profile. */
const HEADER_BYTES = 2 ** 18;

/**
 * Nothing for a picture that may be decoded, or whose header this does not know: then the browser decides.
 * @throws AppError picture-unreadable
 */
export async function refuseHugePicture(blob: Blob): Promise<void> {
  const header = new Uint8Array(await blob.slice(0, HEADER_BYTES).arrayBuffer());
  let size: { width: number; height: number };
  try {
    size = imageSize(header);
  } catch {
    return;
  }
  refuseHugeSize(size);
}

/** @throws AppError picture-unreadable */
export function refuseHugeSize({ width, height }: { width: number; height: number }): void {
  if (!(width * height > MAX_PIXELS)) return;
  const why = `it is ${width} × ${height} pixels, more than ${MAX_PIXELS} in all`;
  const message = `This picture cannot be shown to the model: ${why}. Make it smaller.`;
  throw new AppError('picture-unreadable', message, { why });
}
