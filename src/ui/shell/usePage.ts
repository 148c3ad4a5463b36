// Behaviour of the whole page: language, theme, shortcuts, saving before the page is closed.
import { useContext, useEffect } from 'react';
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
    const background = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.setAttribute('content', background);
    }
  }, [theme]);
}

export function useShortcuts(): void {
  const store = useContext(StoreContext);
  useEffect(() => {
    if (!store) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const { view, page, turn, stop, newChat } = store.getState();
      const { dialog, chatListOpen } = view;
      const { openDialog, closeDialog } = page;
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

/** Reports user activity to the store, which then pauses background work of the model. */
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
export const PYTHON_PARTS_ID = 'python-parts';

/** Frames until a dialog is there, whose code or data may have to be read first. */
const MOST_FRAMES = 300;
/** Waits a frame, then until the element is there and its dialog is open: in a closed one nothing can be focused. */
const soon = (id: string, use: (element: HTMLElement) => void, frames = MOST_FRAMES): void =>
  void requestAnimationFrame(() => {
    const element = document.getElementById(id);
    if (element && !element.closest('dialog:not([open])')) use(element);
    else if (frames > 0) soon(id, use, frames - 1);
  });
const focusSoon = (id: string) => soon(id, (element) => element.focus());
export const focusComposer = (): void => focusSoon(COMPOSER_ID);
/** Opens what Python needs to be downloaded, as soon as the settings are there. */
export const focusPythonParts = (): void =>
  soon(PYTHON_PARTS_ID, (element) => {
    (element as HTMLDetailsElement).open = true;
    element.scrollIntoView({ block: 'center' });
    element.querySelector('summary')?.focus();
  });
export const focusSystemPrompt = (): void => focusSoon(SYSTEM_PROMPT_ID);

/** Saves the unfinished answer and the drafts before the tab is closed or hidden. */
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
