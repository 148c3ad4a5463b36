// Storage key of a download: the same for the same file, independent of signed query parameters.
import { digestHex } from '../digest';
import type { DownloadFile } from './types';

/** Query parameters that carry credentials or an expiry; they do not identify the file. */
const CREDENTIALS =
  /^(x-amz-.*|x-goog-.*|aws.*|signature|sig|policy|key-pair-id|expires?|token|access_token|auth.*|api_?key|se|sp|sv|sr|st|spr|skoid|sktid|download|response-.*)$/i;

/**
 * `sha256:<hex>` if a digest is published, so that a mirror can resume the same download; otherwise `url:` with
 * origin, path and a digest of the query without credentials. The key is stored and contains no secret.
 */
export async function fileKeyOf({ url, sha256 }: Pick<DownloadFile, 'url' | 'sha256'>): Promise<string> {
  if (sha256 !== undefined) return `sha256:${sha256.toLowerCase()}`;
  const base = (globalThis as { location?: { href: string } }).location?.href;
  const { origin, pathname, searchParams } = new URL(url, base);
  const query: [name: string, value: string][] = [];
  searchParams.forEach((value, name) => {
    if (!CREDENTIALS.test(name)) query.push([name, value]);
  });
  if (query.length === 0) return `url:${origin}${pathname}`;
  const digest = await digestHex(new TextEncoder().encode(JSON.stringify(query)));
  return `url:${origin}${pathname}?${digest.slice(0, 16)}`;
}
