import { useContext, useEffect, useState } from 'react';
import { loadSources, type CitedSource } from '../../../../store';
import { Modal } from '../../../controls/Modal';
import { AlertIcon, SaveIcon } from '../../../controls/icons';
import { BROWSER_TEXTS } from '../../../i18n/browserTexts';
import { StoreContext, useText, useTextsOf } from '../../../useApp';
import { AnswerContext } from './answerContext';
import { LeavingLink } from './LeavingLink';
import styles from './SourceCard.module.css';

const isWebAddress = (url: string): boolean => /^https?:\/\//i.test(url);

const timeOf = (time: number, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(time);

/** The first words of a passage, for a link that scrolls to them. Short: a long link asks before it opens. */
const fragmentOf = (passage: string): string => {
  const words =
    /^[\p{L}\p{N} ]{4,14}(?=[^\p{L}\p{N}]|$)|^\p{Script=Han}{4,5}/u.exec(passage)?.[0].trim() ?? '';
  return words ? `#:~:text=${encodeURIComponent(words)}` : '';
};

/** What a mark refers to: the passage, its page, and when it was read; and why the check found it wanting. */
export default function SourceCard({ source, found, onClose }: SourceCardProps) {
  const { t, language } = useTextsOf(BROWSER_TEXTS);
  const { t: common } = useText();
  const title = t('source', { id: source });
  if (found === 'missing')
    return (
      <Modal title={title} side="center" onClose={onClose}>
        <p className={styles.doubt}>
          <AlertIcon />
          {t('missing', { id: source })}
        </p>
      </Modal>
    );
  const { citation, verdict } = found;
  const { url, quote, hit, readAt } = citation;
  const name = citation.title || url;
  const { kind, missing, passage } = verdict;
  const what = missing.length > 0 ? t('numbers', { list: missing.join(', ') }) : t('words');
  return (
    <Modal title={title} side="center" onClose={onClose}>
      <p className={styles.name}>
        {isWebAddress(url) ? (
          <LeavingLink href={url + fragmentOf(passage)}>
            {name}
            <span className="visually-hidden"> {common('markdown.leaves')}</span>
          </LeavingLink>
        ) : (
          name
        )}
      </p>
      <p className="quiet">
        {isWebAddress(url) && `${new URL(url).host} · `}
        {readAt > 0 && t('readAt', { time: timeOf(readAt, language) })}
      </p>
      {kind !== 'supported' && (
        <p className={kind === 'other' ? 'quiet' : styles.doubt}>
          {kind === 'unsupported' && <AlertIcon />}
          {kind === 'other' ? t('other') : t('unsupported', { what })}
        </p>
      )}
      <blockquote className={styles.passage} dir="auto">
        {passage || quote}
      </blockquote>
      {hit && <p className="quiet">{t('hit')}</p>}
      {!hit && isWebAddress(url) && <KeepButton citation={citation} />}
      {quote.trim() !== passage && (
        <details className={styles.whole}>
          <summary>{t('whole')}</summary>
          <pre tabIndex={0}>{quote}</pre>
        </details>
      )}
    </Modal>
  );
}

/** Keeps the page beyond its chat, to be found without network. */
function KeepButton({ citation }: Pick<CitedSource, 'citation'>) {
  const { t } = useTextsOf(BROWSER_TEXTS);
  const store = useContext(StoreContext);
  const { messageId } = useContext(AnswerContext);
  const [state, setState] = useState<'unknown' | 'offered' | 'kept' | 'failed'>('unknown');
  useEffect(() => {
    let isOn = true;
    const look = async () => {
      const kept = await (await loadSources()).isKept(citation);
      if (isOn) setState(kept ? 'kept' : 'offered');
    };
    look().catch(() => undefined);
    return () => void (isOn = false);
  }, [citation]);
  if (state === 'unknown') return null;
  const keep = async () => {
    if (!store) return;
    const { keepPage } = await loadSources();
    await keepPage(store.getState(), { messageId, citation });
    setState('kept');
  };
  return (
    <p className={styles.keep} aria-live="polite">
      {state === 'offered' ? (
        <button type="button" className="button small" onClick={() => keep().catch(() => setState('failed'))}>
          <SaveIcon />
          {t('keep')}
        </button>
      ) : (
        <span className="quiet">{t(state === 'kept' ? 'kept' : 'notKept')}</span>
      )}
    </p>
  );
}

interface SourceCardProps {
  source: number;
  found: CitedSource | 'missing';
  onClose: () => void;
}
