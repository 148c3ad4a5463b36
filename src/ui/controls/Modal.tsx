import { useEffect, useId, useRef, type PointerEvent, type ReactNode } from 'react';
import { useText } from '../useApp';
import { CloseIcon } from './icons';
import formStyles from './formFields.module.css';
import styles from './Modal.module.css';

interface ModalProps {
  title: string;
  /** center: a dialog; left, right: a drawer at that edge. */
  side: 'center' | 'left' | 'right';
  /** Room for cards beside each other. */
  wide?: boolean;
  onClose: () => void;
  closeLabel?: string;
  children: ReactNode;
}

/** Whether a press is on the backdrop: a press on the dialog's scroll bar has the same target. */
function isOutside({ clientX, clientY }: PointerEvent, dialog: HTMLElement): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/** A modal <dialog>: the browser traps the focus and handles Escape. */
export function Modal({ title, side, wide = false, onClose, closeLabel, children }: ModalProps) {
  const { t } = useText();
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={[styles.modal, formStyles.form, styles[side], wide ? styles.wide : ''].join(' ')}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        event.stopPropagation(); // React bubbles it to a dialog below this one
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === ref.current && isOutside(event, ref.current)) onClose();
      }}
    >
      <div className={styles.body}>
        <div className={styles.head}>
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={closeLabel ?? t('action.close')}
            onClick={onClose}
          >
            <CloseIcon />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
