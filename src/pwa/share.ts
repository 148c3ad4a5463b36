// The service worker's side of the share target. Shared text arrives as a POST, which only the service worker sees:
// unlike an address, its body gets into no log and no history. It waits in a cache of its own until the page takes it
// (takeShared.ts: sw.js stands alone, so the cache's name and entry are written in both files).

/** The used parts of the service worker's global scope. */
export interface ShareWorld {
  /** Absolute URL that ends in '/'. */
  scope: string;
  caches: CacheStorage;
}

/** Keeps what was shared, as a query string, and opens the app; undefined for any other request. */
export function receiveShare(request: Request, { scope, caches }: ShareWorld): Promise<Response> | undefined {
  const entry = `${scope}share`;
  if (request.method !== 'POST' || request.url !== entry) return undefined;
  return (async () => {
    const texts = [...(await request.formData())].filter(([, value]) => typeof value === 'string');
    const query = new URLSearchParams(texts as [string, string][]).toString();
    await (await caches.open(`glm-shared ${scope}`)).put(entry, new Response(query));
    return Response.redirect(`${scope}?action=shared`, 303);
  })();
}
