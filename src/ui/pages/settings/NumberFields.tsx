import { useState } from 'react';
import { answerSettings, effectiveSampling } from '../../../store';
import { useApp, useText, type TextKey } from '../../useApp';
import fieldStyles from '../../controls/fields.module.css';

type Knob = 'temperature' | 'topP' | 'topK' | 'minP' | 'repetitionPenalty';
export const KNOBS: { name: Knob; min: number; max: number; step: number }[] = [
  { name: 'temperature', min: 0, max: 2, step: 0.05 },
  { name: 'topP', min: 0.05, max: 1, step: 0.05 },
  { name: 'topK', min: 0, max: 200, step: 1 },
  { name: 'minP', min: 0, max: 0.5, step: 0.01 },
  { name: 'repetitionPenalty', min: 1, max: 2, step: 0.01 },
];

/** One sampling value: a slider to feel it, a number to be exact. */
export function KnobField({ name, min, max, step }: (typeof KNOBS)[number]) {
  const { t } = useText();
  const value = useApp((s) => effectiveSampling(s)[name]);
  const setSampling = useApp((s) => s.setSampling);
  /** The number as it is being typed: empty or outside the range on the way to a good one. */
  const [draft, setDraft] = useState<string | null>(null);
  const change = (text: string) => {
    const next = Number(text);
    if (text !== '' && Number.isFinite(next)) setSampling({ [name]: Math.min(max, Math.max(min, next)) });
  };
  const label = t(`settings.${name}`);
  const id = `setting-${name}`;
  return (
    <div className={fieldStyles.knob}>
      <label htmlFor={id}>{label}</label>
      <input
        className={fieldStyles.number}
        type="number"
        aria-label={label}
        {...{ min, max, step }}
        value={draft ?? value}
        onBlur={() => setDraft(null)}
        onChange={(event) => {
          setDraft(event.target.value);
          change(event.target.value);
        }}
      />
      <input
        id={id}
        type="range"
        aria-describedby={`${id}-hint`}
        {...{ min, max, step, value }}
        onChange={(event) => change(event.target.value)}
      />
      <p className="quiet" id={`${id}-hint`}>
        {t(`settings.${name}Hint`)}
      </p>
    </div>
  );
}

interface OptionalNumberProps {
  name: 'seed' | 'maxTokens';
  max: number;
  min: number;
  placeholder: TextKey;
}

/** A whole number, or nothing for the automatic choice. */
export function OptionalNumber({ name, min, max, placeholder }: OptionalNumberProps) {
  const { t } = useText();
  const saved = useApp((s) => answerSettings(s)[name]);
  const setAnswering = useApp((s) => s.setAnswering);
  const id = `setting-${name}`;
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{t(`settings.${name}`)}</label>
      <input
        id={id}
        type="number"
        step={1}
        {...{ min, max }}
        value={saved ?? ''}
        placeholder={t(placeholder)}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => {
          const value = Math.min(max, Math.max(min, Math.round(Number(target.value))));
          setAnswering({ [name]: target.value === '' ? null : value });
        }}
      />
      <p className="quiet" id={`${id}-hint`}>
        {t(`settings.${name}Hint`)}
      </p>
    </div>
  );
}
