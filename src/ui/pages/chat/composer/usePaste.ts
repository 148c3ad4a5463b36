import { useContext, useRef, type ClipboardEvent, type KeyboardEvent } from 'react';
import { currentAttachments, currentDraft } from '../../../../store';
import { StoreContext, useApp, useText } from '../../../useApp';

/** A longer paste, in characters, becomes an attached file. */
const LONG_PASTE = 10_000;

interface LongPaste {
  /** Id of the attachment that it became. */
  id: string;
  pasted: string;
  /** The message and its selection at the time of the paste. */
  draft: string;
  from: number;
  to: number;
}

/** Pasted files and long texts become attachments; undo right afterwards puts the text into the message. */
export function usePaste() {
  const store = useContext(StoreContext);
  const { t } = useText();
  const attachFiles = useApp((s) => s.attachFiles);
  const setDraft = useApp((s) => s.setDraft);
  const removeAttachment = useApp((s) => s.removeAttachment);
  const last = useRef<LongPaste | null>(null);

  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const files = [...event.clipboardData.files];
    const pasted = event.clipboardData.getData('text/plain');
    if (files.length > 0 && !pasted) attachFiles(files);
    else if (pasted.length > LONG_PASTE && store) {
      const { value, selectionStart: from, selectionEnd: to } = event.currentTarget;
      attachFiles([new File([pasted], t('attach.pastedName'), { type: 'text/plain' })], { pasted: true });
      const id = currentAttachments(store.getState()).at(-1)?.id;
      last.current = id ? { id, pasted, draft: value, from, to } : null;
    } else return;
    event.preventDefault();
  };

  /** True if the key was the undo of a long paste. */
  const onUndoKey = (event: KeyboardEvent): boolean => {
    if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey) return false;
    const paste = last.current;
    last.current = null;
    if (!paste || !store) return false;
    const state = store.getState();
    const attached = currentAttachments(state).some(({ id }) => id === paste.id);
    if (!attached || currentDraft(state) !== paste.draft) return false; // edited since: the browser's undo
    removeAttachment(paste.id);
    setDraft(paste.draft.slice(0, paste.from) + paste.pasted + paste.draft.slice(paste.to));
    event.preventDefault();
    return true;
  };
  return { onPaste, onUndoKey };
}
