import { useEffect, useState, useSyncExternalStore } from 'react';
import {
  bestOf,
  currentChat,
  FEWEST_SAMPLES,
  MOST_SAMPLES,
  shownMessages,
  type AssistantMessage,
  type SamplesDesk,
} from '../../../../store';
import { toWireError, type WireError } from '../../../../shared/errors';
import { ErrorCard } from '../../../controls/ErrorCard';
import { Modal } from '../../../controls/Modal';
import { SelectField } from '../../../controls/SelectField';
import { COMPARE_TEXTS } from '../../../i18n/compareTexts';
import { formatCount } from '../../../i18n/format';
import { useApp, useTextsOf } from '../../../useApp';
import { SampleCard } from './SampleCard';
import styles from './Compare.module.css';

const COUNTS = Array.from({ length: MOST_SAMPLES - FEWEST_SAMPLES + 1 }, (_, i) => FEWEST_SAMPLES + i);

/** Several answers to one question beside each other. */
export default function CompareDialog() {
  const { t } = useTextsOf(COMPARE_TEXTS);
  const load = useApp((s) => s.samples);
  const closeDialog = useApp((s) => s.page.closeDialog);
  const [samples, setSamples] = useState<SamplesDesk | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  useEffect(() => {
    load().then(setSamples, (reason: unknown) => setError(toWireError(reason)));
  }, [load]);
  const close = () => {
    samples?.close();
    closeDialog();
  };
  return (
    <Modal title={t('title')} side="center" wide onClose={close}>
      <p className="quiet">{t('what')}</p>
      {error && <ErrorCard error={error} />}
      {samples && <Comparison samples={samples} />}
    </Modal>
  );
}

function Comparison({ samples }: { samples: SamplesDesk }) {
  const { t } = useTextsOf(COMPARE_TEXTS);
  const state = useSyncExternalStore(
    (listener) => samples.subscribe(listener),
    () => samples.state,
  );
  useApp((s) => currentChat(s).messages); // renders again when an answer ends
  const { answers, votes } = samples;
  const [count, setCount] = useState(3);
  const missing = Math.max(0, count - answers.length);
  const busy = state.phase === 'writing' || state.phase === 'grading';
  const best = bestOf(state.ids, state.grades, votes);
  const turnId = useApp((s) => s.turn?.messageId);
  const elsewhere = turnId !== undefined && !busy;
  const shown = useApp(shownMessages);
  const { done, total } = state;
  const ungraded = answers.filter(({ id }) => !state.grades[id]).length;
  return (
    <>
      <div className={styles.bar}>
        <SelectField label={t('count')} value={count} onChange={(value) => setCount(Number(value))}>
          {COUNTS.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </SelectField>
        {busy ? (
          <button type="button" className="button" onClick={() => samples.stop()}>
            {t('stop')}
          </button>
        ) : (
          <>
            {missing > 0 && (
              <button
                type="button"
                className="button primary"
                disabled={elsewhere}
                onClick={() => void samples.write(count)}
              >
                {t('write', { count: missing })}
              </button>
            )}
            <button
              type="button"
              className={missing > 0 ? 'button' : 'button primary'}
              disabled={answers.length < 2 || ungraded === 0 || elsewhere}
              onClick={() => void samples.grade()}
            >
              {t('grade')}
            </button>
          </>
        )}
        <p className="quiet" role="status">
          {busy && t(state.phase === 'writing' ? 'writing' : 'grading', { done: done + 1, total })}
        </p>
      </div>
      {state.error && <ErrorCard error={state.error} />}
      <PromptNote answers={answers} />
      <ul className={styles.cards} aria-label={t('answers')} tabIndex={0}>
        {answers.map((answer, index) => (
          <SampleCard
            key={answer.id}
            answer={answer}
            index={index + 1}
            count={answers.length}
            grade={state.grades[answer.id]}
            vote={votes[answer.id]}
            isBest={answer.id === best}
            isShown={shown.some(({ id }) => id === answer.id)}
            onChoose={busy ? undefined : () => samples.choose(answer.id)}
          />
        ))}
      </ul>
      {Object.keys(state.grades).length > 0 && <p className="quiet">{t('gradeHint')}</p>}
    </>
  );
}

/** How often the prompt was read: the figures of the answers after the first. */
function PromptNote({ answers }: { answers: AssistantMessage[] }) {
  const { t, language } = useTextsOf(COMPARE_TEXTS);
  const figures = answers
    .slice(1)
    .flatMap(({ summary }) => (summary?.prefilledTokens === undefined ? [] : [summary]));
  if (figures.length === 0) return null;
  const computed = figures.reduce((sum, { prefilledTokens = 0 }) => sum + prefilledTokens, 0);
  const tokens = figures[0].promptTokens;
  return (
    <p className="quiet">
      {t('prompt', { tokens: formatCount(tokens, language), computed: formatCount(computed, language) })}
    </p>
  );
}
