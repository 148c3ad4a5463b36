import { createContext, useContext, useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { loadSources, type CitedSource } from '../../../../store';
import { lazyView } from '../../../lazyPart';
import { StoreContext, useText } from '../../../useApp';
import { AnswerContext } from './answerContext';
import { sentenceBefore } from './sentenceBefore';
import sourcesStyles from './Sources.module.css';

/** Prefix of the ids of an answer's sources (ids are unique on the page), and which sources it lists, with blanks between. */
export const SourcesContext = createContext('');

const SourceCard = lazyView(() => import('./SourceCard'));

/** What a mark refers to, once its answer is written; undefined where the chat has no sources. */
function useSource(source: string, isListed: boolean) {
  const store = useContext(StoreContext);
  const { messageId, live } = useContext(AnswerContext);
  const mark = useRef<HTMLElement>(null);
  const [found, setFound] = useState<CitedSource | 'missing'>();
  useEffect(() => {
    if (!store || !messageId || live || isListed || !/^\d+$/.test(source)) return;
    let isOn = true;
    const look = async () => {
      const { sourceOf } = await loadSources();
      if (!isOn || !mark.current) return;
      const sentence = sentenceBefore(mark.current);
      setFound(sourceOf(store.getState(), { messageId, source: Number(source), sentence }));
    };
    look().catch(() => undefined); // offline before its code was loaded: the mark stays a number
    return () => void (isOn = false);
  }, [store, messageId, live, isListed, source]);
  return { mark, found };
}

/** A citation, 【1†source】 or [^1]: a button that goes to the source below the answer, or shows the passage that was read. */
export function SourceChip({ source, label }: { source: string; label: string }) {
  const { t } = useText();
  const [prefix, ...listed] = useContext(SourcesContext).split(' ');
  const isListed = listed.includes(source);
  const { mark, found } = useSource(source, isListed);
  const [open, setOpen] = useState(false);
  const title = found && found !== 'missing' ? found.citation.title : label;
  const plain =
    title && title !== 'source'
      ? t('source.named', { id: source, label: title })
      : t('source.one', { id: source });
  const isDoubtful = found === 'missing' || found?.verdict.kind === 'unsupported';
  const name = isDoubtful ? t('source.doubtful', { name: plain }) : plain;
  if (!isListed && !found) {
    return (
      <span ref={mark} className={sourcesStyles.sourceChip} data-part="citation" title={name}>
        <span className="visually-hidden">{name}</span>
        <span aria-hidden="true">{source}</span>
      </span>
    );
  }
  const show = () => {
    if (!isListed) return setOpen(true);
    const target = document.getElementById(`${prefix}-${source}`);
    target?.scrollIntoView({ block: 'nearest' });
    target?.focus({ preventScroll: true });
  };
  return (
    <>
      <button
        type="button"
        className={
          isDoubtful ? `${sourcesStyles.sourceChip} ${sourcesStyles.doubtful}` : sourcesStyles.sourceChip
        }
        data-part="citation"
        aria-label={name}
        aria-haspopup={isListed ? undefined : 'dialog'}
        title={name}
        onPointerEnter={isListed ? undefined : SourceCard.preload}
        onClick={show}
      >
        {source}
        {isDoubtful && '?'}
      </button>
      {open &&
        found &&
        createPortal(
          <SourceCard source={Number(source)} found={found} onClose={() => setOpen(false)} />,
          document.body,
        )}
    </>
  );
}
