// A picture that is attached: can it be drawn, how large is it, which words are known about it. Loads with the first one.
import { AppError } from '../../../shared/errors';
import { refuseHugePicture } from '../../../shared/pictureLimit';
import type { DraftPicture } from '../types';
import { wordsOf } from './pictureWords';

/** Larger files are kept out of the chat's storage. */
const MAX_FILE_BYTES = 40e6;

/** @throws AppError document-too-big, picture-unreadable */
export async function readPicture(file: File): Promise<DraftPicture> {
  const { name, size } = file;
  if (size > MAX_FILE_BYTES) {
    const message = `${name} has ${size} bytes, at most ${MAX_FILE_BYTES} are read.`;
    throw new AppError('document-too-big', message, { name, bytes: size, maxBytes: MAX_FILE_BYTES });
  }
  await refuseHugePicture(file);
  const bitmap = await createImageBitmap(file).catch((error: unknown) => {
    const why = `this browser cannot draw ${name}`;
    throw new AppError('picture-unreadable', `A picture cannot be shown: ${why}.`, { why }, error);
  });
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height, alt: wordsOf(name) };
}
