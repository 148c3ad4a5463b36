// Places in a picture, as GLM-4.1V and its relatives write them: [[x1,y1,x2,y2], …] or [x,y], 0 to 999 of width and height,
// in brackets of any kind, with or without tags around them.

/** A box, or a point where both corners are the same. Fractions of width and height. */
export interface Place {
  kind: 'box' | 'point';
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** The words before it in the answer. */
  label: string;
}

const SCALE = 1000;
const MOST_PLACES = 50;
const MOST_LABEL = 60;
const TAGS = /<\|(?:begin|end)_of_box\|>/g;
const NUMBERS = /[[({<]\s*(\d{1,4}(?:\.\d+)?(?:\s*,\s*\d{1,4}(?:\.\d+)?){1,3})\s*[\])}>]/g;

/** The words right before a place, without marks and lists. */
function labelBefore(text: string, at: number): string {
  const line =
    text
      .slice(Math.max(0, at - 200), at)
      .split('\n')
      .at(-1) ?? '';
  const words = line
    .replace(/[[\](){}<>*`"'“”：:,，;；=]+/g, ' ')
    .replace(/\b(bbox(_2d)?|box(_2d)?|point(_2d)?|label|start_box)\b/gi, ' ')
    .replace(/^\s*(\d+[.)]|[-•])\s*/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > MOST_LABEL ? `…${words.slice(-MOST_LABEL)}` : words;
}

/** Places that an answer names. What is no place is left out: other numbers in brackets, corners beyond the picture. */
export function placesIn(answer: string): Place[] {
  const text = answer.replace(TAGS, ' ');
  const places: Place[] = [];
  let end = 0;
  for (const match of text.matchAll(NUMBERS)) {
    const numbers = match[1].split(',').map(Number);
    if (numbers.length === 3 || numbers.some((value) => value > SCALE)) continue;
    const [x1, y1, x2 = x1, y2 = y1] = numbers.map((value) => value / SCALE);
    const kind = numbers.length === 2 ? 'point' : 'box';
    if (kind === 'box' && (x1 === x2 || y1 === y2)) continue;
    places.push({
      kind,
      left: Math.min(x1, x2),
      top: Math.min(y1, y2),
      right: Math.max(x1, x2),
      bottom: Math.max(y1, y2),
      label: labelBefore(text.slice(end, match.index), match.index - end),
    });
    end = match.index + match[0].length;
    if (places.length === MOST_PLACES) break;
  }
  return places;
}
