// The time of a starter in words.
import type { StarterTime } from '../../../store/agents';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { formatList, type Language } from '../../i18n/format';
import { useTextsOf } from '../../useApp';

/** Monday to Sunday. */
export const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

/** 'Mon', '周一'. @param day 1, Monday, to 7 */
export const dayName = (day: number, language: Language): string =>
  new Intl.DateTimeFormat(language, { weekday: 'short' }).format(new Date(2024, 0, day)); // 1 January 2024 is a Monday

export function useTimeText(): (time: Pick<StarterTime, 'at' | 'days'>) => string {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  return ({ at, days = EVERY_DAY }) => {
    const chosen = [...days].sort();
    if (chosen.length === EVERY_DAY.length) return t('everyDay', { at });
    if (chosen.join('') === '12345') return t('workdays', { at });
    return t('onDays', {
      at,
      days: formatList(
        chosen.map((day) => dayName(day, language)),
        language,
      ),
    });
  };
}
