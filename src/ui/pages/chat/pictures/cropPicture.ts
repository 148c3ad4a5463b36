// A part of a picture as a picture of its own, at its full resolution.
import type { Part } from './part';

const JPEG_QUALITY = 0.95;

/** Photos stay JPEG, everything else becomes PNG, which keeps letters sharp. */
export async function cropPicture(blob: Blob, { left, top, right, bottom }: Part): Promise<Blob> {
  const bitmap = await createImageBitmap(blob);
  try {
    const from = { x: Math.floor(left * bitmap.width), y: Math.floor(top * bitmap.height) };
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.ceil(right * bitmap.width) - from.x);
    canvas.height = Math.max(1, Math.ceil(bottom * bitmap.height) - from.y);
    canvas.getContext('2d')?.drawImage(bitmap, -from.x, -from.y);
    const type = blob.type === 'image/jpeg' ? 'image/jpeg' : 'image/png';
    const part = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, JPEG_QUALITY));
    return part ?? blob;
  } finally {
    bitmap.close();
  }
}
