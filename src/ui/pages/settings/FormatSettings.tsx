import { useEffect, useId, useState } from 'react';
import { AppError } from '../../../shared/errors';
import { answerSettings, checkFormat, type AnswerFormat } from '../../../store';
import { SelectField } from '../../controls/SelectField';
import { faultText } from '../../i18n/faultTexts';
import { FORMAT_TEXTS } from '../../i18n/formatTexts';
import { useApp, useTextsOf } from '../../useApp';
import { exampleOf, FORMAT_KINDS, formatOfText, textOfFormat, type FormatKind } from './formatDraft';
import fieldStyles from '../../controls/fields.module.css';
import styles from './FormatSettings.module.css';

/** Pause of the typing after which a form is checked. */
const CHECK_AFTER_MS = 300;

type Check = { state: 'checking' } | { state: 'right'; later: string[] } | { state: 'wrong'; why: string };

const useFormatText = () => useTextsOf(FORMAT_TEXTS);

/** The form of answers: free, or JSON of a schema, a pattern, some texts, a grammar. */
export function FormatSettings() {
  const { t } = useFormatText();
  const format = useApp((s) => answerSettings(s).format);
  const setAnswering = useApp((s) => s.setAnswering);
  const kind = format?.kind;
  const choose = (value: string) => {
    const chosen = FORMAT_KINDS.find((one) => one === value);
    setAnswering({
      format: chosen && exampleOf(chosen, [t('example.yes'), t('example.no')]),
    });
  };
  return (
    <>
      <SelectField
        label={t('title')}
        value={kind ?? ''}
        hint={kind ? `${t(`hint.${kind}`)} ${t('noTools')}` : t('hint.none')}
        onChange={choose}
      >
        <option value="">{t('none')}</option>
        {FORMAT_KINDS.map((one) => (
          <option key={one} value={one}>
            {t(one)}
          </option>
        ))}
      </SelectField>
      {format && <FormatEditor key={format.kind} format={format} />}
    </>
  );
}

/** Where the text stops being JSON, as far as the browser tells. */
function notJson(message: string, { t, language }: ReturnType<typeof useFormatText>): string {
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  return line ? t('notJsonAt', { line, column }) : t('notJson', { why: faultText(message, language) });
}

/** Follows the text of a form: what is right is put in force, what is wrong says why. */
function useChecked(kind: FormatKind, text: string, changed: boolean): Check {
  const texts = useFormatText();
  const setAnswering = useApp((s) => s.setAnswering);
  const [check, setCheck] = useState<Check>({ state: 'checking' });
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      void (async (): Promise<Check> => {
        let format: AnswerFormat;
        try {
          format = formatOfText(kind, text);
        } catch (error) {
          return { state: 'wrong', why: notJson((error as Error).message, texts) };
        }
        try {
          const later = await checkFormat(format);
          if (current && changed) setAnswering({ format });
          return { state: 'right', later };
        } catch (error) {
          const details = error instanceof AppError ? error.details : {};
          const why = faultText(String(details.why ?? (error as Error).message), texts.language);
          const where = details.where ? `${String(details.where)}: ` : '';
          return { state: 'wrong', why: texts.t('unused', { why: where + why }) };
        }
      })().then((next) => current && setCheck(next));
    }, CHECK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [kind, text, changed, setAnswering, texts]);
  return check;
}

/** The text of a form. A pattern has one line; everything else has as many as it needs. */
function FormatEditor({ format }: { format: AnswerFormat }) {
  const { t } = useFormatText();
  const { kind } = format;
  const [text, setText] = useState(() => textOfFormat(format));
  const [changed, setChanged] = useState(false);
  const check = useChecked(kind, text, changed);
  const id = useId();
  const field = {
    id,
    value: text,
    dir: kind === 'choice' ? 'auto' : 'ltr',
    spellCheck: false,
    autoCapitalize: 'off',
    autoComplete: 'off',
    className: kind === 'choice' ? undefined : styles.code,
    'aria-describedby': `${id}-check`,
    'aria-invalid': check.state === 'wrong' || undefined,
    onChange: ({ target }: { target: { value: string } }) => {
      setText(target.value);
      setChanged(true);
    },
  } as const;
  const rows = Math.min(16, Math.max(3, text.split('\n').length));
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{t(`label.${kind}`)}</label>
      {kind === 'regex' ? <input type="text" {...field} /> : <textarea rows={rows} {...field} />}
      <div id={`${id}-check`} role="status">
        {check.state === 'wrong' && (
          <>
            <p className="warn">{check.why}</p>
            <p className="quiet">{t('kept')}</p>
          </>
        )}
        {check.state === 'right' && check.later.length > 0 && (
          <>
            <p className="quiet">{t('later')}</p>
            <ul className={styles.later}>
              {check.later.map((where) => (
                <li key={where}>
                  <code>{where}</code>
                </li>
              ))}
            </ul>
          </>
        )}
        {check.state === 'right' && check.later.length === 0 && changed && (
          <p className="quiet">{t('inForce')}</p>
        )}
      </div>
    </div>
  );
}
