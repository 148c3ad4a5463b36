// Pictures of the command line on their way to the engine's page, which takes JSON only.
import type { ImagePart } from '../../src/protocol/chat';

/** An ImagePart whose bytes are text. */
interface SentPicture extends Omit<ImagePart, 'blob'> {
  mediaType: string;
  base64: string;
}

const MEDIA_TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  avif: 'image/avif',
};

/** A picture as JSON. It is an ImagePart again behind {@link revived}. */
export function sentPicture(name: string, bytes: Uint8Array): ImagePart {
  const mediaType = MEDIA_TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const sent: SentPicture = { type: 'image', alt: name, mediaType, base64 };
  return sent as unknown as ImagePart;
}

/** The same value with Blobs in its pictures. */
export function revived<T>(value: T): T {
  if (Array.isArray(value)) return value.map(revived) as T;
  if (typeof value !== 'object' || value === null || value instanceof Blob) return value;
  if ('base64' in value && 'mediaType' in value) {
    const { base64, mediaType, ...part } = value as unknown as SentPicture;
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return { ...part, blob: new Blob([bytes], { type: mediaType }) } as T;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)])) as T;
}
