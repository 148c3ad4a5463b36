// The page's side of the PWA: service worker registration, updates, and the installation prompt.
import { canReload, reloadOnce } from './missingPart';
import { onWaitingVersion } from './waitingVersion';

/** Interface to the rest of the page. */
export interface AppShell {
  /** Calls the listener with the current state and with every later one. */
  subscribe(listener: (state: ShellState) => void): void;
  /** Activates the waiting version and reloads the page. */
  update(): void;
  /** Whether a reload may help after a missing part (missingPart.ts). */
  canReload(): Promise<'reload' | 'reloaded' | 'offline'>;
  /** Reloads and remembers it. */
  reloadOnce(): void;
  /** Shows the browser's installation prompt; call it from a click handler. */
  install(): void;
}

export interface ShellState {
  /** A newer version is installed and waiting. */
  updateReady: boolean;
  /** The browser can install the app. */
  installable: boolean;
}

/** Chromium only. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
  userChoice: Promise<unknown>;
}

/** Interval at which an open page checks for a new version. */
const CHECK_EVERY_MS = 3_600_000;

/**
 * Registers the service worker after the page has loaded, so that it does not compete with the first screen.
 * @param url URL of sw.js; undefined (development) registers none.
 */
export function openAppShell(url: URL | undefined): AppShell {
  let state: ShellState = { updateReady: false, installable: false };
  const listeners = new Set<(state: ShellState) => void>();
  let waiting: ServiceWorker | null = null;
  let prompt: InstallPromptEvent | null = null;

  const change = (patch: Partial<ShellState>) => {
    state = { ...state, ...patch };
    for (const listener of listeners) listener(state);
  };

  function watch(registration: ServiceWorkerRegistration): void {
    onWaitingVersion(registration, (version) => {
      waiting = version;
      change({ updateReady: true });
    });
    let checkedAt = Date.now();
    const check = () => {
      if (document.visibilityState !== 'visible' || Date.now() < checkedAt + CHECK_EVERY_MS) return;
      checkedAt = Date.now();
      registration.update().catch(() => undefined); // offline: retried at the next check
    };
    document.addEventListener('visibilitychange', check);
    setInterval(check, CHECK_EVERY_MS);
  }

  if (url && 'serviceWorker' in navigator) {
    // async: with site data blocked, the getter may throw as well.
    const register = async () => {
      try {
        watch(await navigator.serviceWorker.register(url, { updateViaCache: 'none' }));
      } catch (error) {
        console.warn('The app will not work offline: its service worker was refused.', error);
      }
    };
    if (document.readyState === 'complete') void register();
    else addEventListener('load', () => void register(), { once: true });
  }
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault(); // the page has its own button
    prompt = event as InstallPromptEvent;
    change({ installable: true });
  });
  addEventListener('appinstalled', () => change({ installable: false }));

  return {
    subscribe(listener) {
      listeners.add(listener);
      listener(state);
    },
    update() {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting?.postMessage('activate');
    },
    canReload,
    reloadOnce,
    install() {
      const shown = prompt;
      prompt = null; // a prompt event works once
      change({ installable: false });
      void shown?.prompt();
    },
  };
}
