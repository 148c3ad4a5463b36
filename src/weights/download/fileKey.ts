// What a download is called in storage: the same for the same file, whatever its address is signed with.
import { digestHex } from '../digest';
import type { DownloadFile } from './types';

/** Query parameters that let somebody in or run out; they are not part of what the file is. */
const CREDENTIALS =
  /^(x-amz-.*|x-goog-.*|aws.*|signature|sig|policy|key-pair-id|expires?|token|access_token|auth.*|api_?key|se|sp|sv|sr|st|spr|skoid|sktid|download|response-.*)$/i;

/**
 * `sha256:<hex>` where a digest is published, so that a mirror goes on with the same download; else `url:` with
 * origin, path and a digest of the query without credentials. Holds no secret: it is stored.
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
