import { memo, useMemo } from 'react';
import type { FormatFault } from '../../../../../store';
import { AlertIcon, CheckIcon } from '../../../../controls/icons';
import { faultText } from '../../../../i18n/faultTexts';
import { FORMAT_TEXTS } from '../../../../i18n/formatTexts';
import { useTextsOf } from '../../../../useApp';
import { CodeBlock } from './CodeBlock';
import styles from './JsonAnswer.module.css';

interface JsonAnswerProps {
  text: string;
  live: boolean;
  /** Places where it breaks its schema; missing while it is written. */
  faults?: readonly FormatFault[];
}

/** The JSON with line breaks; as it stands while it is not whole. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.trim();
  }
}

/** An answer as JSON of the chat's schema, and whether it is valid. */
export const JsonAnswer = memo(function JsonAnswer({ text, live, faults }: JsonAnswerProps) {
  const { t, language } = useTextsOf(FORMAT_TEXTS);
  const code = useMemo(() => (live ? text.trimStart() : pretty(text)), [live, text]);
  return (
    <div className={styles.json} data-part="text">
      <CodeBlock code={code} language="json" live={live} />
      {!live && faults?.length === 0 && (
        <p className={styles.valid}>
          <CheckIcon />
          {t('valid')}
        </p>
      )}
      {!live && faults && faults.length > 0 && (
        <div className={styles.faults} role="note">
          <p>
            <AlertIcon />
            {t('faults')}
          </p>
          <ul>
            {faults.map(({ where, why }, index) => (
              <li key={index}>{t('fault', { where: where || t('whole'), why: faultText(why, language) })}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
});
