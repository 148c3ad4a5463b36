// Stand-ins for browser APIs that are missing on plain http (a page on a LAN address is no secure context) or refuse to
// work where the user blocks cookies and site data. The first import of main.tsx, so that no other code has to guard
// against them: the page opens, and what is stored lasts as long as the page.

/** Reads a global whose getter may throw a SecurityError. */
function access(name: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    const storage = window[name];
    storage?.getItem(''); // null, or refusing only here, in some browsers
    return storage ?? undefined;
  } catch {
    return undefined;
  }
}

function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
    key: (index) => [...values.keys()][index] ?? null,
    get length() {
      return values.size;
    },
  };
}

/** RFC 9562, version 4. */
function randomUUID(): `${string}-${string}-${string}-${string}-${string}` {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A channel without other ends. */
class SilentChannel extends EventTarget {
  onmessage = null;
  onmessageerror = null;
  constructor(readonly name: string) {
    super();
  }
  postMessage(): void {}
  close(): void {}
}

function channelWorks(): boolean {
  try {
    new BroadcastChannel('glm-probe').close();
    return true;
  } catch {
    return false;
  }
}

const replace = (target: object, name: string, value: unknown) =>
  Object.defineProperty(target, name, { value, configurable: true, writable: true });

/** Installs what this browser lacks. */
export function installStandIns(): void {
  if (!('randomUUID' in crypto)) replace(crypto, 'randomUUID', randomUUID);
  if (!channelWorks()) replace(globalThis, 'BroadcastChannel', SilentChannel);
  for (const name of ['localStorage', 'sessionStorage'] as const) {
    if (!access(name)) replace(globalThis, name, memoryStorage());
  }
}

installStandIns();
