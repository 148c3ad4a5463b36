// How the state of a call is shown: icon, words, whether the card is open.
import type { ReactNode } from 'react';
import type { CallPart, ResultPart } from '../../../../store';
import { AlertIcon, CheckIcon, CloseIcon, ShieldIcon, StopIcon, ToolIcon } from '../../../controls/icons';
import { CALL_TEXTS } from '../../../i18n/callTexts';
import { formatDuration, type Language } from '../../../i18n/format';
import { useTextsOf } from '../../../useApp';
import styles from './CallCard.module.css';

export type CallState = CallPart['state'];

export const useCallText = () => useTextsOf(CALL_TEXTS);
export type CallTexts = ReturnType<typeof useCallText>;

const NAMES = {
  python: 'python',
  simple_browser: 'browser',
  cogview: 'drawing',
  remember: 'memory',
} as const;

/** The tool in people's words; a function has its own name. */
export const toolName = (tool: string, t: CallTexts['t']): string =>
  tool in NAMES ? t(NAMES[tool as keyof typeof NAMES]) : tool;

export const isPython = ({ tool }: CallPart): boolean => tool === 'python';

/** Open while it is written, asks or runs, and after a failure. */
export const opensByItself = (state: CallState): boolean =>
  state === 'writing' || state === 'asks' || state === 'runs' || state === 'failed';

/** It is over: nothing of the card changes any more. */
export const isOver = (state: CallState): boolean => !['writing', 'asks', 'runs'].includes(state);

export function StateIcon({ state }: { state: CallState }): ReactNode {
  switch (state) {
    case 'writing':
    case 'runs':
      return <span className={styles.spinner} aria-hidden="true" />;
    case 'asks':
      return <ShieldIcon />;
    case 'done':
      return <CheckIcon />;
    case 'failed':
      return <AlertIcon />;
    case 'stopped':
      return <StopIcon />;
    case 'refused':
      return <CloseIcon />;
    case 'unknown':
      return <ToolIcon />;
  }
}

/** Seconds with a digit after the point while they are few. */
export function formatRunTime(ms: number, { t, language }: CallTexts): string {
  if (ms >= 60_000) return formatDuration(ms / 1000, language as Language);
  const seconds = Math.max(0.1, ms / 1000);
  return t('seconds', { seconds: seconds < 9.95 ? seconds.toFixed(1) : seconds.toFixed(0) });
}

/** Longest line of a result that stands beside the tool's name. */
const MAX_SUMMARY = 120;

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)?.trim() ?? '';

/** The result in a few words: its last line, or how many pictures, rows and files there are. */
export function summaryOf(result: ResultPart | undefined, { t }: CallTexts): string {
  if (!result) return '';
  const { parts } = result;
  const count = (type: ResultPart['parts'][number]['type']) =>
    parts.filter((part) => part.type === type).length;
  const text = parts.findLast((part) => part.type === 'text');
  const hits = parts.filter((part) => part.type === 'citation' && part.hit).length;
  const pages = count('citation') - hits;
  const line = text ? lastLine(text.text) : '';
  if (line) return line.length > MAX_SUMMARY ? `${line.slice(0, MAX_SUMMARY)}…` : line;
  const table = parts.find((part) => part.type === 'table');
  return [
    table && t('tableRows', { count: table.totalRows }),
    hits > 0 && t('hits', { count: hits }),
    pages > 0 && t('pages', { count: pages }),
    count('image') > 0 && t('pictures', { count: count('image') }),
    count('file') > 0 && t('files', { count: count('file') }),
  ]
    .filter(Boolean)
    .join(' · ');
}
