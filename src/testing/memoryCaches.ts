/** Caches as in a browser: in order of creation, a stored response can be read again and again. */
export function memoryCaches() {
  const all = new Map<string, Map<string, Response>>();
  const open = async (name: string) => {
    const cache = all.get(name) ?? new Map<string, Response>();
    all.set(name, cache);
    return {
      match: async (url: string) => cache.get(url)?.clone(),
      put: async (url: string, response: Response) => {
        const bytes = await response.arrayBuffer();
        cache.set(url, new Response(bytes, { status: response.status, headers: response.headers }));
      },
    };
  };
  const caches = {
    open,
    keys: async () => [...all.keys()],
    delete: async (name: string) => all.delete(name),
  } as unknown as CacheStorage;
  return { caches, all };
}
