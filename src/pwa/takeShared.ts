// The page's side of the share target: share.ts writes what this reads.

/** One text of title, text and URL, each once: Android puts the URL into `text`, and some apps into both. */
export function sharedText(query: URLSearchParams): string {
  const parts = ['title', 'text', 'url'].map((name) => query.get(name)?.trim()).filter(Boolean);
  return [...new Set(parts)].join('\n');
}

/**
 * Takes the shared text; '' when there is none.
 * @param scope absolute URL that ends in '/'
 */
export async function takeShared({
  scope,
  caches,
}: {
  scope: string;
  caches: CacheStorage;
}): Promise<string> {
  const name = `glm-shared ${scope}`;
  const cache = await caches.open(name);
  const query = await (await cache.match(`${scope}share`))?.text();
  await caches.delete(name);
  return sharedText(new URLSearchParams(query));
}
