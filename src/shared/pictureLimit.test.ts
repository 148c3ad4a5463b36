import { expect, test } from 'vitest';
import { refuseHugePicture } from './pictureLimit';

/** The first bytes of a PNG that declares this size. */
function pngHeader(width: number, height: number): Blob {
  const bytes = new DataView(new ArrayBuffer(33));
  [0x89504e47, 0x0d0a1a0a, 13, 0x49484452, width, height].forEach((word, i) => bytes.setUint32(4 * i, word));
  return new Blob([bytes.buffer]);
}

test('a picture whose header declares more than 64 megapixels is refused before it is decoded', async () => {
  await expect(refuseHugePicture(pngHeader(8192, 8192))).resolves.toBeUndefined();
  await expect(refuseHugePicture(pngHeader(8192, 8193))).rejects.toMatchObject({
    code: 'picture-unreadable',
    details: { why: 'it is 8192 × 8193 pixels, more than 67108864 in all' },
  });
});

test('what has no header of a picture is left to the browser', async () => {
  await expect(refuseHugePicture(new Blob(['no picture']))).resolves.toBeUndefined();
  await expect(refuseHugePicture(new Blob())).resolves.toBeUndefined();
});
