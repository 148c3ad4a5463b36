// Files of every kind through the browser's decoder, against Pillow: scripts/oracle/pixels.py wrote the golden file.
import { expect, test } from 'vitest';
import { failureOf } from '../../../weights/testKit';
import { decodePicture } from './decodePicture';
import golden from './golden.json';

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

test.each(golden.files)('$name has the pixels that Pillow reads', async (stored) => {
  const { data, width, height, channels } = await decodePicture(
    new Blob([bytesOf(stored.file)], { type: stored.type }),
  );
  expect({ width, height }).toEqual({ width: stored.width, height: stored.height });
  const want = bytesOf(stored.pixels);
  const tolerance = 'tolerance' in stored ? Number(stored.tolerance) : 0; // JPEG decoders round differently
  let worst = 0;
  for (let i = 0; i < width * height * 3; i++)
    worst = Math.max(worst, Math.abs(data[Math.floor(i / 3) * channels + (i % 3)] - want[i]));
  expect(worst).toBeLessThanOrEqual(tolerance);
});

test('transparent parts become white', async () => {
  const canvas = new OffscreenCanvas(2, 1);
  canvas
    .getContext('2d')
    ?.putImageData(new ImageData(new Uint8ClampedArray([9, 9, 9, 0, 9, 9, 9, 255]), 2, 1), 0, 0);
  const { data } = await decodePicture(await canvas.convertToBlob());
  expect([...data.slice(0, 3)]).toEqual([255, 255, 255]);
  expect([...data.slice(4, 7)]).toEqual([9, 9, 9]);
});

test('what is no picture is refused in words', async () => {
  const failure = await failureOf(() => decodePicture(new Blob(['no picture'], { type: 'image/png' })));
  expect(failure).toMatchObject({ code: 'picture-unreadable' });
  expect(failure.message).toContain('image/png');
});
