import { useContext, useEffect, useState } from 'react';
import { loadSources, type AnswerCheck } from '../../../../store';
import { BROWSER_TEXTS } from '../../../i18n/browserTexts';
import { StoreContext, useTextsOf } from '../../../useApp';

/** Below an answer that read pages: how many of its sentences cite a page that says them. */
export function CitationNote({ messageId }: { messageId: string }) {
  const { t } = useTextsOf(BROWSER_TEXTS);
  const store = useContext(StoreContext);
  const [check, setCheck] = useState<AnswerCheck>();
  useEffect(() => {
    let isOn = true;
    loadSources().then(
      ({ checkOf }) => {
        if (isOn && store) setCheck(checkOf(store.getState(), messageId));
      },
      () => undefined, // offline before its code was loaded
    );
    return () => void (isOn = false);
  }, [store, messageId]);
  if (!check || check.sentences === 0) return null;
  const { sentences, supported, wrong } = check;
  return (
    <p className="quiet" data-citations>
      {t('checked', { count: sentences, supported })}
      {wrong > 0 && ` ${t('doubtful', { count: wrong })}`}
    </p>
  );
}
