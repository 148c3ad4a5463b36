// What the page as a whole follows: language, theme, the chat in the address, shortcuts, leaving.
import { useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { StoreContext, useApp, useText } from '../useApp';
import { useMedia } from '../useMedia';

export function useLanguageAttribute(): void {
  const { language, t } = useText();
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = t('app.name');
    const name = language === 'en' ? 'manifest.webmanifest' : `manifest.${language}.webmanifest`;
    document.querySelector('link[rel=manifest]')?.setAttribute('href', `./${name}`);
  }, [language, t]);
}

export function useTheme(): void {
  const choice = useApp((s) => s.preferences.theme);
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const fontSize = useApp((s) => s.preferences.fontSize);
  useEffect(() => {
    document.documentElement.dataset.fontSize = fontSize;
  }, [fontSize]);
  const theme = choice === 'system' ? (systemDark ? 'dark' : 'light') : choice;
  useEffect(() => {
    const root = document.documentElement;
    root.dataset.theme = theme;
    const background = getComputedStyle(root).getPropertyValue('--bg').trim();
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.setAttribute('content', background);
    }
  }, [theme]);
}

const CHAT_ADDRESS = /^#\/chat\/([\w-]+)$/;

const BENCH_ADDRESS = '#/bench';

export const showBench = (): void => void (location.hash = BENCH_ADDRESS);

/** From the benchmark back to a chat, or to a new one. */
export function leaveBench(chatId?: string): void {
  if (location.hash === BENCH_ADDRESS) location.hash = chatId ? `#/chat/${chatId}` : '';
}

/** Whether the address is that of the benchmark. */
export function useBenchAddress(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      addEventListener('hashchange', onChange);
      return () => removeEventListener('hashchange', onChange);
    },
    () => location.hash === BENCH_ADDRESS,
  );
}

/**
 * `#/chat/<id>`: a reload and the back button find the chat again. False until the page's first address has been
 * looked up, so that no empty chat flashes by.
 */
export function useChatAddress(): boolean {
  const store = useContext(StoreContext);
  const [looked, setLooked] = useState(() => !CHAT_ADDRESS.test(location.hash));
  useEffect(() => {
    if (!store) return;
    const follow = () => {
      if (location.hash === BENCH_ADDRESS) return; // another page; the chat waits
      const id = CHAT_ADDRESS.exec(location.hash)?.[1];
      const { currentId, openChat, newChat } = store.getState();
      if (!id) return newChat();
      if (id === currentId) return;
      void openChat(id).then((found) => {
        if (!found) history.replaceState(null, '', '#');
        setLooked(true);
      });
    };
    follow();
    addEventListener('hashchange', follow);
    let shown = store.getState().currentId;
    let address = '#';
    const unsubscribe = store.subscribe(({ currentId, chats }) => {
      const before = address;
      address = chats[currentId]?.messages.length > 0 ? `#/chat/${currentId}` : '#';
      if (address === before) return;
      // A new chat's first message changes the address in place; going to another chat is a step back can undo.
      if (address !== (location.hash || '#')) {
        if (shown === currentId) history.replaceState(null, '', address);
        else history.pushState(null, '', address);
      }
      shown = currentId;
    });
    return () => {
      removeEventListener('hashchange', follow);
      unsubscribe();
    };
  }, [store]);
  return looked;
}

export function useShortcuts(): void {
  const store = useContext(StoreContext);
  useEffect(() => {
    if (!store) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const { dialog, chatListOpen, turn, stop, newChat, openDialog, closeDialog } = store.getState();
      if (event.isComposing) return; // Escape and Enter belong to the input method
      if (event.key === 'Escape' && !dialog && !chatListOpen && turn) {
        event.preventDefault();
        stop();
      }
      if (
        event.key.toLowerCase() === 'k' &&
        (event.ctrlKey || event.metaKey) &&
        !event.altKey &&
        !event.shiftKey
      ) {
        event.preventDefault();
        if (dialog === 'palette') closeDialog();
        else openDialog('palette');
      }
      if (event.code === 'KeyO' && event.shiftKey && (event.ctrlKey || event.metaKey) && !event.altKey) {
        event.preventDefault();
        closeDialog();
        newChat();
        focusComposer();
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [store]);
}

/** Whoever writes, clicks or points comes before what the model does unasked. */
export function useActivity(): void {
  const noteActivity = useApp((s) => s.noteActivity);
  useEffect(() => {
    const kinds = ['keydown', 'pointerdown', 'wheel', 'touchmove'] as const;
    for (const kind of kinds) addEventListener(kind, noteActivity, { passive: true, capture: true });
    return () => {
      for (const kind of kinds) removeEventListener(kind, noteActivity, { capture: true });
    };
  }, [noteActivity]);
}

export const COMPOSER_ID = 'composer';
export const SYSTEM_PROMPT_ID = 'system-prompt';

const focusSoon = (id: string) => void requestAnimationFrame(() => document.getElementById(id)?.focus());
export const focusComposer = (): void => focusSoon(COMPOSER_ID);
export const focusSystemPrompt = (): void => focusSoon(SYSTEM_PROMPT_ID);

/** A tab closed while answering or writing keeps the words so far. */
export function useSaveOnLeave(): void {
  const store = useContext(StoreContext);
  useEffect(() => {
    if (!store) return;
    const save = () => {
      if (document.visibilityState === 'hidden') leave();
    };
    const leave = () => {
      const { saveTurn, saveDrafts } = store.getState();
      saveDrafts();
      void saveTurn();
    };
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', save);
    return () => {
      removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', save);
    };
  }, [store]);
}
