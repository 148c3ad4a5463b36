// The starters of an agent, one row each, and the time at which the app offers one.
import { useId, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { LIMITS, type AgentCard, type StarterTime } from '../../../store/agents';
import { Icon, TrashIcon } from '../../controls/icons';
import { IconButton } from '../../controls/IconButton';
import { AGENT_TEXTS } from '../../i18n/agentTexts';
import { useTextsOf } from '../../useApp';
import { dayName, EVERY_DAY, useTimeText } from './timeText';
import { wholeInView } from '../../controls/wholeInView';
import styles from './StarterFields.module.css';

/** A row: what is typed stays as it is. `days` is empty while none is chosen, `at` while it is being typed. */
interface Row {
  key: number;
  text: string;
  time?: { at: string; days: number[] };
}

const FIRST_TIME = '08:00';

const rowsOf = ({ starters, schedule = [] }: AgentCard): Row[] =>
  starters.map((text, key) => {
    const time = schedule.find(({ starter }) => starter === text);
    return { key, text, ...(time && { time: { at: time.at, days: time.days ?? EVERY_DAY } }) };
  });

/** What the rows come to: rows without a text are no starters, and times without a day or an hour are none. */
function cardPart(rows: readonly Row[]): Pick<AgentCard, 'starters' | 'schedule'> {
  const schedule = new Map<string, StarterTime>();
  for (const { text, time } of rows) {
    const starter = text.trim();
    if (!starter || !time?.at || time.days.length === 0 || schedule.has(starter)) continue;
    const days = time.days.length < EVERY_DAY.length && { days: [...time.days].sort() };
    schedule.set(starter, { starter, at: time.at, ...days });
  }
  return {
    starters: rows.map(({ text }) => text.trim()).filter(Boolean),
    schedule: schedule.size > 0 ? [...schedule.values()] : undefined,
  };
}

interface StarterFieldsProps {
  card: AgentCard;
  set: (change: Partial<AgentCard>) => void;
}

export function StarterFields({ card, set }: StarterFieldsProps) {
  const { t } = useTextsOf(AGENT_TEXTS);
  const id = useId();
  const [rows, setRows] = useState(() => rowsOf(card));
  const [nextKey, setNextKey] = useState(card.starters.length);
  const change = (next: Row[]) => {
    setRows(next);
    setNextKey(Math.max(nextKey, ...next.map(({ key }) => key + 1)));
    set(cardPart(next));
  };
  // The last row is empty: typing in it makes a starter.
  const empty: Row[] = rows.length < LIMITS.starters ? [{ key: nextKey, text: '' }] : [];
  const all = [...rows, ...empty];
  const replace = (key: number, ...by: Row[]) => {
    const next = all.flatMap((row) => (row.key === key ? by : [row]));
    change(next.filter((row) => row.key !== nextKey || row.text !== ''));
  };
  const onPaste = (row: Row, event: ClipboardEvent<HTMLTextAreaElement>) => {
    const lines = event.clipboardData
      .getData('text')
      .split(/\r?\n/)
      .filter((line) => line.trim());
    if (lines.length < 2) return;
    event.preventDefault();
    const room = Math.max(LIMITS.starters - rows.length, 0);
    const { selectionStart, selectionEnd } = event.currentTarget;
    const text = row.text.slice(0, selectionStart) + lines[0] + row.text.slice(selectionEnd);
    const more = lines.slice(1, room + (row.key === nextKey ? 0 : 1));
    replace(row.key, { ...row, text }, ...more.map((line, n) => ({ key: nextKey + 1 + n, text: line })));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    const fields = [...(event.currentTarget.closest('fieldset')?.querySelectorAll('textarea') ?? [])];
    fields[fields.indexOf(event.currentTarget) + 1]?.focus();
  };
  return (
    <fieldset className={styles.starters} aria-describedby={`${id}-hint`}>
      <legend>{t('starters')}</legend>
      {all.map((row, index) => {
        const isEmpty = row.key === nextKey;
        const n = index + 1;
        return (
          <div key={row.key} className={styles.row}>
            <textarea
              rows={1}
              dir="auto"
              autoComplete="off"
              value={row.text}
              maxLength={LIMITS.starter}
              aria-label={t('starter', { n })}
              placeholder={isEmpty ? t('addStarter') : undefined}
              onChange={({ target }) => replace(row.key, { ...row, text: target.value.replace(/\n/g, ' ') })}
              onKeyDown={onKeyDown}
              onKeyUp={wholeInView}
              onPaste={(event) => onPaste(row, event)}
            />
            {!isEmpty && (
              <>
                <IconButton
                  name={t('offerAt', { n })}
                  aria-pressed={row.time !== undefined}
                  icon={<ClockIcon />}
                  onClick={() => {
                    const { time, ...bare } = row;
                    replace(row.key, time ? bare : { ...row, time: { at: FIRST_TIME, days: EVERY_DAY } });
                  }}
                />
                <IconButton
                  name={t('removeStarter', { n })}
                  icon={<TrashIcon />}
                  onClick={() => replace(row.key)}
                />
              </>
            )}
            {row.time && (
              <TimeFields time={row.time} onChange={(time) => replace(row.key, { ...row, time })} />
            )}
          </div>
        );
      })}
      <p className="quiet" id={`${id}-hint`}>
        {t('startersHint')}
      </p>
    </fieldset>
  );
}

interface TimeFieldsProps {
  time: NonNullable<Row['time']>;
  onChange: (time: NonNullable<Row['time']>) => void;
}

function TimeFields({ time: { at, days }, onChange }: TimeFieldsProps) {
  const { t, language } = useTextsOf(AGENT_TEXTS);
  const timeText = useTimeText();
  const words = !at ? t('noTime') : days.length === 0 ? t('noDay') : timeText({ at, days });
  return (
    <div className={styles.time}>
      <input
        type="time"
        required
        value={at}
        aria-label={t('time')}
        onChange={({ target }) => onChange({ at: target.value.slice(0, 5), days })}
      />
      <fieldset>
        <legend className="visually-hidden">{t('days')}</legend>
        {EVERY_DAY.map((day) => (
          <label key={day}>
            <input
              type="checkbox"
              checked={days.includes(day)}
              onChange={({ target }) =>
                onChange({ at, days: target.checked ? [...days, day] : days.filter((one) => one !== day) })
              }
            />
            <span>{dayName(day, language)}</span>
          </label>
        ))}
      </fieldset>
      <p className={at && days.length > 0 ? 'quiet' : 'warn'} role="status">
        {words}
      </p>
    </div>
  );
}

const ClockIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 6.2V10l2.6 1.6" />
  </Icon>
);
