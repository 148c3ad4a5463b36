// The browser's side of the store's dependencies: storage, requests, saving files. Tests bring their own.
import { AppError, isAbort } from '../../shared/errors';

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

/** A listing of a hub. @throws AppError not-found, access-denied, http-error, network */
export async function fetchJson(url: string, token?: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new AppError('network', `${url} cannot be reached, or refuses this page (CORS)`, { url }, error);
  }
  const { status } = response;
  if (status === 404) throw new AppError('not-found', `${url}: 404`, { url });
  if (status === 401 || status === 403) {
    throw new AppError('access-denied', `${url}: ${status}. A token may be needed.`, { url, status });
  }
  if (!response.ok) throw new AppError('http-error', `${url}: ${status}`, { url, status });
  try {
    return await response.json();
  } catch (error) {
    throw new AppError('http-error', `${url} answered with something else than JSON`, { url, status }, error);
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
