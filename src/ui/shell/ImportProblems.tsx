import { faultText } from '../i18n/faultTexts';
import { useText } from '../useApp';

/** What was damaged in a file of chats, place by place. */
export function ImportProblems({ problems }: { problems: readonly { where: string; why: string }[] }) {
  const { t, language } = useText();
  return (
    <details>
      <summary>{t('transfer.problems')}</summary>
      <ul>
        {problems.map(({ where, why }, index) => (
          <li key={index}>
            <code>{faultText(where, language)}</code>: {faultText(why, language)}
          </li>
        ))}
      </ul>
    </details>
  );
}
