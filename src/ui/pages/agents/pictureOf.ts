// A picture made small enough to travel with an agent.
const SIDE = 192;

/** A square of 192 pixels around the middle of a picture, as a data: address. @throws when it is no picture */
export async function pictureOf(file: Blob): Promise<string> {
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 3]; // faces are above the middle
  canvas.getContext('2d')?.drawImage(bitmap, left, top, side, side, 0, 0, SIDE, SIDE);
  bitmap.close();
  return canvas.toDataURL('image/webp', 0.85); // Safari writes PNG
}
