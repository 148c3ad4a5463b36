import { useContext, useEffect, useState } from 'react';
import { shownMessages, spokenText } from '../../store';
import { StoreContext, useText } from '../useApp';
import { onAnnounce } from './announce';

/** Live region: announces the end of an answer or a load, and the states of tools, once. Single tokens are not announced. */
export function Announcer() {
  const { t } = useText();
  const store = useContext(StoreContext);
  const [text, setText] = useState('');
  useEffect(
    // The same text again, such as a tool's second end, would change nothing and be silent.
    () => onAnnounce((said) => setText((before) => (before === said ? `${said}\u00a0` : said))),
    [],
  );
  useEffect(
    () =>
      store?.subscribe((state, before) => {
        if (state.turn === null && before.turn?.chatId === state.currentId) {
          const last = shownMessages(state).at(-1);
          if (last?.role !== 'assistant') return;
          const ending = t(last.end === 'aborted' ? 'message.stopped' : 'message.finished');
          setText(`${ending}: ${spokenText(last.parts)}`);
        }
        if (state.model.status === 'ready' && before.model.status === 'loading') {
          setText(t('model.ready', { name: state.model.info?.name ?? '' }));
        }
      }),
    [store, t],
  );
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
