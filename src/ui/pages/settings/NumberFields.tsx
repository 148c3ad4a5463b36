import { useState } from 'react';
import { SAMPLING, type SamplingName } from '../../../shared/sampling';
import { answerSettings, currentChat, effectiveSampling } from '../../../store';
import { useApp, useText, type TextKey } from '../../useApp';
import fieldStyles from '../../controls/fields.module.css';

/** One sampling parameter: a slider for the effect, a number field for the exact value. */
export function SamplingField({ name }: { name: SamplingName }) {
  const { t } = useText();
  const { min, max, step } = SAMPLING[name].slider;
  const value = useApp((s) => effectiveSampling(s)[name]);
  /** A server uses values of its own where none was chosen: the loaded model's would mislead, and could not be chosen. */
  const ofServer = useApp(
    (s) => currentChat(s).server !== undefined && answerSettings(s).sampling[name] === undefined,
  );
  const setSampling = useApp((s) => s.setSampling);
  /** The text being typed, which may be empty or out of range for a moment. */
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
        min={min}
        max={max}
        step={step}
        value={draft ?? (ofServer ? '' : value)}
        placeholder={ofServer ? t('settings.ofServer') : undefined}
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
        min={min}
        max={max}
        step={step}
        value={value}
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
        min={min}
        max={max}
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
