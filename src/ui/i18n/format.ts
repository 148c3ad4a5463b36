// Formats of numbers, sizes and times by language.
export type Language = 'en' | 'zh-CN';

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units, as file managers and download pages count: 5.4 GB. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(language).format(count);
}

/** Parameters of a model: 9.4B in English, 94 亿 in Chinese. */
export function formatParameters(count: number, language: Language): string {
  return new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 2 }).format(count);
}

/** Context lengths in the unit they are made of: 8K is 8192 tokens. */
export function formatContext(tokens: number): string {
  return tokens >= 1024 ? `${Math.round(tokens / 1024)}K` : String(tokens);
}

/** Tokens per second, with two significant digits. */
export function formatRate(rate: number): string {
  return rate >= 10 ? rate.toFixed(0) : rate.toFixed(1);
}

/** A remaining time, coarser the longer it is; empty while unknown. */
export function formatDuration(seconds: number, language: Language): string {
  if (!Number.isFinite(seconds)) return '';
  const zh = language === 'zh-CN';
  if (seconds < 60) return zh ? `${Math.ceil(seconds)} 秒` : `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return zh ? `${minutes} 分钟` : `${minutes} min`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return zh ? `${hours} 小时 ${rest} 分` : `${hours} h ${rest} min`;
}

export function formatDate(time: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(time);
}

/** 'a, b and c', in Chinese 'a、b、c'. */
export function formatList(items: string[], language: Language): string {
  return language === 'en' ? new Intl.ListFormat('en-GB').format(items) : items.join('、');
}

/** Sentences in a row: Chinese ones need no space between them. */
export function joinSentences(sentences: (string | false | undefined)[], language: Language): string {
  return sentences.filter(Boolean).join(language === 'en' ? ' ' : '');
}
