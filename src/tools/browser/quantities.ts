// Numbers in texts by their value, however they are written: 3 million, 3,000,000, 300万, 三百万, three million.

export interface Quantity {
  /** As it is written: '300万'. */
  text: string;
  /**
   * What it may mean. Two for the first of a range, whose unit may stand behind the last: 2.5 in "2.5–3 million".
   */
  values: number[];
  /** In digits, or too large for a word that only counts what is listed beside it. */
  isExact: boolean;
}

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const LARGE: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
const HAN_DIGITS = '零一二三四五六七八九';
const HAN_UNITS: Record<string, number> = { 十: 10, 百: 100, 千: 1e3, 万: 1e4, 亿: 1e8, 萬: 1e4, 億: 1e8 };

const WORD = [...SMALL, ...TENS, 'hundred', ...Object.keys(LARGE)].join('|');
const HAN = '〇零一二两兩三四五六七八九';
// 千米 is a kilometre, and 百分 begins a share. 十点三十分 is a time.
const HAN_UNIT = '(?:百(?!分)|千(?![米克瓦卡帕赫伏字])|[万萬亿億])';
const UNIT = `\\s*(?:${HAN_UNIT}+|(?:${Object.keys(LARGE).join('|')})\\b)`;
const NUMBER = new RegExp(
  `(\\d+(?:\\.\\d+)?)(?:(${UNIT})|\\s*(?:[-–—~～至到]|to|or)\\s*\\d+(?:\\.\\d+)?(${UNIT}))?` +
    `|([${HAN}十百千万萬亿億]+(?:点[${HAN}]+(?![${HAN}十分])[百千万萬亿億]*)?)` +
    `|\\b((?:${WORD})(?:[\\s-]+(?:and\\s+)?(?:${WORD}))*)\\b`,
  'gi',
);
/** Words up to this count what stands beside them, as in "two founders, A and B", or are parts of other words. */
const LEAST_EXACT = 13;

const unitOf = (text: string): number => {
  const plain = text.trim().toLowerCase();
  return LARGE[plain] ?? [...plain].reduce((product, one) => product * HAN_UNITS[one], 1);
};

const hanDigit = (one: string): number => HAN_DIGITS.indexOf(one.replace('〇', '零').replace(/[两兩]/, '二'));

/** 二百六十, 二〇二四, 一万二千, 三点五亿 */
function inHan(text: string): number {
  const [whole, rest = ''] = text.split('点');
  if (rest) {
    const [, digits = '', units = ''] = /^(\D*?)([百千万萬亿億]*)$/.exec(rest) ?? [];
    return Number(`${inHan(whole)}.${[...digits].map(hanDigit).join('')}`) * unitOf(units);
  }
  if (![...whole].some((one) => one in HAN_UNITS)) return Number([...whole].map(hanDigit).join(''));
  let [total, section, digit] = [0, 0, -1];
  for (const one of whole) {
    const unit = HAN_UNITS[one];
    if (unit === undefined) digit = hanDigit(one);
    else if (unit < 1e4) {
      section += (digit > 0 ? digit : 1) * unit;
      digit = -1;
    } else {
      const below = section + Math.max(digit, 0);
      // 两亿五千万: 万 counts what stands behind 亿; 三万亿: 亿 counts all before it.
      total = unit > 1e4 ? (total + below || 1) * unit : total + (below || 1) * unit;
      [section, digit] = [0, -1];
    }
  }
  return total + section + Math.max(digit, 0);
}

function inWords(text: string): number {
  let [total, current] = [0, 0];
  for (const word of text.toLowerCase().split(/[\s-]+/)) {
    if (word === 'hundred') current = (current || 1) * 100;
    else if (word in LARGE) {
      total += (current || 1) * LARGE[word];
      current = 0;
    } else if (TENS.includes(word)) current += (TENS.indexOf(word) + 2) * 10;
    else if (SMALL.includes(word)) current += SMALL.indexOf(word);
  }
  return total + current;
}

const isWholeHan = (text: string): boolean => /^[一二两兩三四五六七八九十].*[十百千万萬亿億]|^十./.test(text);

/** Equal values are equal numbers, in spite of how decimals are multiplied. */
const rounded = (value: number): number => Number(value.toPrecision(12));

/** @returns the numbers of a text, and the text with 0 in place of those that are exact */
export function takeQuantities(text: string): { quantities: Quantity[]; rest: string } {
  const plain = text.normalize('NFKC').replace(/(\d)[,，](?=\d{3}(?!\d))/g, '$1');
  const quantities: Quantity[] = [];
  let rest = '';
  let at = 0;
  NUMBER.lastIndex = 0;
  for (let found = NUMBER.exec(plain); found; found = NUMBER.exec(plain)) {
    const [whole, digits, unit, rangeUnit, han, words] = found;
    const written = digits === undefined ? whole : digits + (unit ?? '');
    NUMBER.lastIndex = found.index + written.length;
    const value = digits !== undefined ? Number(digits) : han !== undefined ? inHan(han) : inWords(words);
    const one: Quantity = {
      text: written.trim(),
      values: (unit ? [value * unitOf(unit)] : rangeUnit ? [value, value * unitOf(rangeUnit)] : [value]).map(
        rounded,
      ),
      isExact:
        digits !== undefined || (value >= LEAST_EXACT && (words !== undefined || isWholeHan(han ?? ''))),
    };
    quantities.push(one);
    rest += plain.slice(at, found.index) + (one.isExact ? '0' : written);
    at = NUMBER.lastIndex;
  }
  return { quantities, rest: rest + plain.slice(at) };
}

/** All values of a text's numbers. */
export const valuesIn = (text: string): Set<number> =>
  new Set(takeQuantities(text).quantities.flatMap(({ values }) => values));
