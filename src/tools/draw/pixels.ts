// A drawing in pixels. It is loaded as a picture, in which nothing runs and nothing is fetched.
import type { Drawing } from './svg';

/** @returns undefined where there is no canvas, or the browser cannot draw it */
export async function toPng({ svg, width, height }: Drawing): Promise<Blob | undefined> {
  if (!('document' in globalThis)) return undefined;
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    if (!context) return undefined;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(image, 0, 0, width, height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/png'));
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(address);
  }
}
