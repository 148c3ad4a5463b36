import { useEffect, useState, type FocusEvent, type MouseEvent } from 'react';
import { useApp, useText } from '../useApp';
import { focusComposer } from './usePage';
import { CloseIcon } from '../controls/icons';
import styles from './UndoToast.module.css';

const SHOWN_MS = 10_000;

/**
 * The last deletion, and a button to undo it. It stays while the pointer or the focus is on it, and can be dismissed.
 * `floating`: above the message field; otherwise below the chat list, in its drawer.
 */
export function UndoToast({ floating = false }: { floating?: boolean }) {
  const { t } = useText();
  const undoable = useApp((s) => s.undoable);
  const undoDelete = useApp((s) => s.undoDelete);
  const forgetUndo = useApp((s) => s.forgetUndo);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused;
  useEffect(() => {
    if (!undoable || held) return;
    const timer = setTimeout(forgetUndo, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [undoable, held, forgetUndo]);
  /** The buttons disappear with the toast. After a key press the focus moves to the message field. */
  const end = (action: () => void) => (event: MouseEvent) => {
    setPointed(false);
    setFocused(false);
    action();
    if (event.detail === 0) focusComposer();
  };
  return (
    <div className={floating ? `${styles.place} ${styles.floating}` : styles.place} role="status">
      {undoable && (
        <div
          className={styles.toast}
          onPointerEnter={() => setPointed(true)}
          onPointerLeave={() => setPointed(false)}
          onFocus={() => setFocused(true)}
          onBlur={({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) =>
            setFocused(currentTarget.contains(relatedTarget))
          }
        >
          <span className={styles.text}>
            {undoable.kind === 'chat'
              ? t('undo.chat', { title: undoable.title || t('chat.untitled') })
              : t('undo.message')}
          </span>
          <button type="button" className="text-button" onClick={end(undoDelete)}>
            {t('undo.action')}
          </button>
          <button
            type="button"
            className="icon-button small"
            aria-label={t('action.dismiss')}
            onClick={end(forgetUndo)}
          >
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}
