import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { CallPart } from '../../../../store';
import { PlayIcon } from '../../../controls/icons';
import { useApp } from '../../../useApp';
import { Coloured } from '../answer/blocks/CodeBlock';
import { useCallText } from './callState';
import { editAfterKey } from './codeKeys';
import styles from './CodeCell.module.css';

interface CodeCellProps {
  call: CallPart;
  messageId: string;
  onClose: () => void;
}

/** Python code of a call, to change and run again. The colours lie under the transparent text of the field. */
export function CodeCell({ call, messageId, onClose }: CodeCellProps) {
  const { t } = useCallText();
  const [code, setCode] = useState(call.args);
  const field = useRef<HTMLTextAreaElement>(null);
  /** After Escape, Tab leaves the field: without it, the keyboard could not get out. */
  const tabLeaves = useRef(false);
  const runCallAgain = useApp((s) => s.runCallAgain);
  const busy = useApp((s) => s.turn !== null);
  const canRun = !busy && code.trim() !== '';
  useEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);
  const run = () => {
    if (!canRun) return;
    onClose();
    runCallAgain(messageId, call.id, code);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      tabLeaves.current = true;
      return;
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return run();
    }
    if (event.key === 'Tab' && tabLeaves.current) return;
    if (event.key !== 'Shift') tabLeaves.current = false;
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    const edit = editAfterKey(event, { value, start: selectionStart, end: selectionEnd });
    if (!edit) return;
    event.preventDefault();
    if (value.slice(edit.from, edit.to) !== edit.text) {
      event.currentTarget.setSelectionRange(edit.from, edit.to);
      // Keeps the browser's undo; assigning a value would clear it.
      document.execCommand(edit.text ? 'insertText' : 'delete', false, edit.text);
    }
    event.currentTarget.setSelectionRange(edit.select[0], edit.select[1]);
  };
  return (
    <form
      className={styles.cell}
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <div className={styles.scroll}>
        <div className={styles.layers}>
          <pre aria-hidden="true" dir="ltr" translate="no">
            <code>
              <Coloured code={code} language="python" live={false} />
              {'\n'}
            </code>
          </pre>
          <textarea
            ref={field}
            value={code}
            dir="ltr"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            autoCorrect="off"
            aria-label={t('editLabel')}
            aria-describedby={`${call.id}-hint`}
            aria-keyshortcuts="Control+Enter"
            onChange={({ target }) => setCode(target.value)}
            onKeyDown={onKeyDown}
          />
        </div>
      </div>
      <div className={styles.foot}>
        <p className="quiet" id={`${call.id}-hint`}>
          {t('editHint')}
        </p>
        <button type="button" className="button small" onClick={onClose}>
          {t('cancel')}
        </button>
        <button type="submit" className="button small primary" disabled={!canRun}>
          <PlayIcon />
          {t('run')}
        </button>
      </div>
    </form>
  );
}
