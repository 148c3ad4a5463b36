// From a file to pixels, in a worker. The browser decodes; nothing scales here.
import { AppError } from '../../../shared/errors';
import { refuseHugePicture, refuseHugeSize } from '../../../shared/pictureLimit';
import type { Pixels } from './pillowResize';

/**
 * The pixels of a picture, turned upright as its EXIF data say, colour profiles left aside as Pillow does. Transparent
 * parts become white; Pillow shows the hidden colours below, which nobody has ever seen.
 * @throws AppError picture-unreadable
 */
export async function decodePicture(blob: Blob): Promise<Pixels> {
  if (typeof createImageBitmap === 'undefined' || typeof OffscreenCanvas === 'undefined')
    throw unreadable('this program runs outside a browser, which would decode it');
  await refuseHugePicture(blob);
  const bitmap = await createImageBitmap(blob, {
    imageOrientation: 'from-image',
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  }).catch((error: unknown) => {
    throw unreadable(`the browser cannot decode this ${blob.type || 'file'}`, error);
  });
  try {
    const { width, height } = bitmap;
    refuseHugeSize(bitmap); // a header that is not known, or stands far into the file
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) throw unreadable('the browser has no canvas in workers');
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}

function unreadable(why: string, cause?: unknown): AppError {
  const message = `This picture cannot be shown to the model: ${why}. Save it as PNG or JPEG, or make it smaller.`;
  return new AppError('picture-unreadable', message, { why }, cause);
}
