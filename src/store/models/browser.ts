// The browser's side of the store's dependencies: storage, requests, saving files. Tests bring their own.
/** navigator.storage, as far as the store needs it. */
export interface BrowserStorage {
  /** null where the browser does not tell. */
  estimate(): Promise<{ usageBytes: number; quotaBytes: number } | null>;
  persisted(): Promise<boolean>;
  /** Asks the browser not to evict what we store; some ask the person. */
  persist(): Promise<boolean>;
}

export const browserStorage: BrowserStorage = {
  async estimate() {
    const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
    return quota === undefined ? null : { usageBytes: usage ?? 0, quotaBytes: quota };
  },
  persisted: async () => (await navigator.storage?.persisted?.()) ?? false,
  persist: async () => (await navigator.storage?.persist?.()) ?? false,
};

/** Deletes what this app keeps in localStorage and sessionStorage; other apps of the same address keep theirs. */
export function clearSmallStorage(): void {
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage)) if (key.startsWith('glm-')) storage.removeItem(key);
  }
}

/** Hands a file to the browser's downloads; it streams from where the blob lies. */
export function saveFile(blob: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the download begins after the click's task
}
