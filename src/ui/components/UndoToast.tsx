import { useEffect, useState } from 'react';
import { useApp, useText } from '../useApp';

const SHOWN_MS = 10_000;

/** What was just deleted, and the way back. It stays while somebody is at it. */
export function UndoToast() {
  const { t } = useText();
  const undoable = useApp((s) => s.undoable);
  const undoDelete = useApp((s) => s.undoDelete);
  const forgetUndo = useApp((s) => s.forgetUndo);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!undoable || held) return;
    const timer = setTimeout(forgetUndo, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [undoable, held, forgetUndo]);
  return (
    <div className="toast-place" role="status">
      {undoable && (
        <div
          className="toast"
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <span className="toast-text">
            {undoable.kind === 'chat'
              ? t('undo.chat', { title: undoable.title || t('chat.untitled') })
              : t('undo.message')}
          </span>
          <button
            type="button"
            className="text-button"
            onClick={() => {
              setHeld(false);
              undoDelete();
            }}
          >
            {t('undo.action')}
          </button>
        </div>
      )}
    </div>
  );
}
