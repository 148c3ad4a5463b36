import type { FormEvent, ReactNode } from 'react';
import { Modal } from '../../controls/Modal';
import { TOOLKIT_TEXTS } from '../../i18n/toolkitTexts';
import { useTextsOf } from '../../useApp';

interface ToolDialogProps {
  title: string;
  onClose: () => void;
  /** What the dialog is for. Missing: nothing can be done yet. */
  action?: { label: string; disabled?: boolean; run: () => void };
  /** The content is a form of this name, and Enter in a field does the action. */
  form?: string;
  children: ReactNode;
}

/** A dialog about a tool of the user: its content, then what it does, and a way out. */
export function ToolDialog({ title, onClose, action, form, children }: ToolDialogProps) {
  const { t } = useTextsOf(TOOLKIT_TEXTS);
  const content = (
    <>
      {children}
      <div className="button-row">
        {action && (
          <button
            type={form === undefined ? 'button' : 'submit'}
            className="button primary"
            disabled={action.disabled}
            onClick={form === undefined ? action.run : undefined}
          >
            {action.label}
          </button>
        )}
        <button type="button" className="button" onClick={onClose}>
          {t('cancel')}
        </button>
      </div>
    </>
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action?.run();
  };
  return (
    <Modal title={title} side="center" wide onClose={onClose}>
      {form === undefined ? (
        content
      ) : (
        <form onSubmit={submit} aria-label={form}>
          {content}
        </form>
      )}
    </Modal>
  );
}
