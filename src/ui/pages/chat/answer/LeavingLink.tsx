import { useContext, useState, type ComponentProps, type MouseEvent } from 'react';
import { createPortal } from 'react-dom';
import { currentChat } from '../../../../store';
import { Modal } from '../../../controls/Modal';
import { carriedText } from '../../../markdown/longLink';
import { StoreContext, useText } from '../../../useApp';
import styles from './LeavingLink.module.css';

/** Opens in a new tab, without a referrer. */
const EXTERNAL = { target: '_blank', rel: 'noopener noreferrer nofollow' } as const;

/** A link of an answer. In a chat with documents, one that carries a long text asks before it is opened. */
export function LeavingLink({ href, ...props }: ComponentProps<'a'> & { href: string }) {
  const store = useContext(StoreContext);
  const [asking, setAsking] = useState(false);
  const guard = (event: MouseEvent) => {
    if (!store || event.button > 1 || carriedText(href) === '') return;
    const { messages } = currentChat(store.getState());
    const hasDocuments = messages.some(({ parts }) =>
      parts.some(({ type }) => type === 'file' || type === 'result'),
    );
    if (!hasDocuments) return;
    event.preventDefault();
    setAsking(true);
  };
  return (
    <>
      <a href={href} {...EXTERNAL} {...props} onClick={guard} onAuxClick={guard} />
      {asking && createPortal(<Question href={href} onClose={() => setAsking(false)} />, document.body)}
    </>
  );
}

function Question({ href, onClose }: { href: string; onClose: () => void }) {
  const { t } = useText();
  const { hostname } = new URL(href);
  return (
    <Modal title={t('link.title')} side="center" onClose={onClose}>
      <p>{t('link.body', { host: hostname })}</p>
      <pre className={styles.carried} tabIndex={0}>
        {carriedText(href)}
      </pre>
      <div className="button-row">
        <button type="button" className="button primary" onClick={onClose}>
          {t('link.stay')}
        </button>
        <a className="button" href={href} {...EXTERNAL} onClick={onClose}>
          {t('link.open', { host: hostname })}
        </a>
      </div>
    </Modal>
  );
}
