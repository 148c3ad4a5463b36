// Keys of a field for Python code: Tab and Shift+Tab indent, Enter keeps the indentation. Pure.

const INDENT = '    ';

export interface CodeSelection {
  value: string;
  start: number;
  end: number;
}

/** `text` takes the place of what stands between `from` and `to`; then `select` is selected. */
export interface CodeEdit {
  from: number;
  to: number;
  text: string;
  select: [start: number, end: number];
}

interface Key {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

const lineStart = (value: string, at: number): number => value.lastIndexOf('\n', at - 1) + 1;

/** What a key changes in the code; null where the browser's own action is right. */
export function editAfterKey(event: Key, { value, start, end }: CodeSelection): CodeEdit | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (event.key === 'Tab' && !event.shiftKey && start === end) {
    const column = start - lineStart(value, start);
    const text = INDENT.slice(column % INDENT.length);
    return { from: start, to: end, text, select: [start + text.length, start + text.length] };
  }
  if (event.key === 'Tab') return shiftLines(value, start, end, event.shiftKey);
  if (event.key === 'Enter' && !event.shiftKey) {
    const line = value.slice(lineStart(value, start), start);
    const deeper = /:\s*(?:#.*)?$/.test(line) ? INDENT : '';
    const text = `\n${/^[ \t]*/.exec(line)?.[0] ?? ''}${deeper}`;
    return { from: start, to: end, text, select: [start + text.length, start + text.length] };
  }
  return null;
}

/** The selected lines, one step further in or out. */
function shiftLines(value: string, start: number, end: number, out: boolean): CodeEdit | null {
  const from = lineStart(value, start);
  // A selection that ends at a line's start does not hold that line.
  const last = end > start && value[end - 1] === '\n' ? end - 1 : end;
  const next = value.indexOf('\n', last);
  const to = next < 0 ? value.length : next;
  const lines = value.slice(from, to).split('\n');
  const shifted = lines.map((line) => (out ? line.replace(/^(?: {1,4}|\t)/, '') : line && INDENT + line));
  const text = shifted.join('\n');
  if (text === value.slice(from, to))
    return out ? { from: start, to: end, text: value.slice(start, end), select: [start, end] } : null;
  const firstMoved = shifted[0].length - lines[0].length;
  return {
    from,
    to,
    text,
    select: [Math.max(from, start + firstMoved), end + text.length - (to - from)],
  };
}
