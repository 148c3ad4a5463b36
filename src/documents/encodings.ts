// Encodings that a text file may be read in: labels of TextDecoder, with the languages written in them.
export const ENCODING_NAMES = {
  'utf-8': 'UTF-8',
  gb18030: 'GB18030 · 简体中文',
  big5: 'Big5 · 繁體中文',
  shift_jis: 'Shift_JIS · 日本語',
  'euc-jp': 'EUC-JP · 日本語',
  'euc-kr': 'EUC-KR · 한국어',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Windows-1252 · Deutsch, Français',
  'windows-1250': 'Windows-1250 · Polski, Čeština',
  'windows-1251': 'Windows-1251 · Русский',
  'koi8-r': 'KOI8-R · Русский',
  'windows-1253': 'Windows-1253 · Ελληνικά',
  'windows-1254': 'Windows-1254 · Türkçe',
  'windows-1255': 'Windows-1255 · עברית',
  'windows-1256': 'Windows-1256 · العربية',
  'windows-1258': 'Windows-1258 · Tiếng Việt',
  'windows-874': 'Windows-874 · ไทย',
  macintosh: 'Mac OS Roman',
} as const;
export type Encoding = keyof typeof ENCODING_NAMES;

export const ENCODINGS = Object.keys(ENCODING_NAMES) as Encoding[];
