// The text of a message, from its parts: what is copied, searched, exported, named in titles. Pure functions.
import type { FilePart, ImagePart, Part, ResultPart, TablePart } from '../../protocol/chat';
import { PASTED } from '../../agent/documentPrompt';
import { textOf } from '../../shared/parts';

type Parts = readonly Part[];

const joined = (texts: string[], separator = '\n\n'): string => texts.filter(Boolean).join(separator);

/** What the message says: its text parts, without thoughts, calls and results. */
export const spokenText = (parts: Parts): string => textOf(parts);

/** What a question asks: its words, or what stands in their place: a pasted text, the names of files, words about pictures. */
export const askedText = (parts: Parts): string =>
  spokenText(parts) ||
  joined([
    ...filesOf(parts).map(({ name, document }) => (document?.kind === PASTED ? document.text : name)),
    ...picturesOf(parts).map(({ alt }) => alt),
  ]);

/** Everything the model wrote, in order and without separators. Places in it belong to tokens of the answer. */
export const writtenText = (parts: Parts): string =>
  parts
    .map((part) => {
      if (part.type === 'text' || part.type === 'thought') return part.text;
      return part.type === 'call' ? part.args : '';
    })
    .join('');

/** What tools returned and how their calls ended: with the written text, all that an answer consists of. */
export const resultsOf = (parts: Parts): string =>
  parts
    .map((part) => {
      if (part.type === 'call') return part.state === 'done' || part.state === 'failed' ? part.id : '';
      return part.type === 'result' ? `${part.callId}\n${part.observation ?? ''}\n${resultText(part)}` : '';
    })
    .join('');

/** The model has written something. */
export const hasWriting = (parts: Parts): boolean => parts.length > 0 && writtenText(parts).trim() !== '';

/** For the clipboard: what the message says, or its thoughts and calls where it says nothing. */
export const copyText = (parts: Parts): string => spokenText(parts) || joined(parts.map(readable));

/** For search: every text that the reader can find in the message. Texts of attached documents are left out. */
export const searchText = (parts: Parts): string => joined(parts.map(searchable), '\n');

function searchable(part: Part): string {
  if (part.type === 'file') return part.name;
  if (part.type === 'citation') return joined([part.title, part.quote], '\n');
  return readable(part);
}

/** One part as plain text. */
function readable(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'thought':
      return part.text;
    case 'call':
      return joined([part.tool, part.args], '\n');
    case 'result':
      return resultText(part);
    case 'table':
      return [part.columns, ...part.rows].map((cells) => cells.join('\t')).join('\n');
    case 'image':
      return part.alt;
    case 'audio':
      return part.transcript ?? '';
    case 'file':
      return part.name;
    case 'citation':
      return joined([part.title, part.url], '\n');
  }
}

export const resultText = ({ parts }: ResultPart): string => joined(parts.map(readable));

/** Markdown of a message: text as it stands, thoughts as quotations, calls and results as code. */
export const markdownText = (parts: Parts): string => {
  const files = parts.filter((part) => part.type === 'file').map(({ name }) => `- ${name}`);
  const others = parts.filter((part) => part.type !== 'file').map(markdownOf);
  return joined([files.join('\n'), ...others]);
};

function markdownOf(part: Exclude<Part, FilePart>): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'thought':
      return part.text.replace(/^/gm, '> ');
    case 'call':
      return joined([`\`${part.tool}\``, fenced(part.args, part.tool === 'python' ? 'python' : '')]);
    case 'result':
      return joined(
        part.parts.length > 0 ? part.parts.map(markdownInResult) : [fenced(part.observation ?? '')],
      );
    case 'table':
      return markdownTable(part);
    case 'image':
      return part.alt ? `*${part.alt}*` : '';
    case 'audio':
      return part.transcript ?? '';
    case 'citation':
      return part.url ? `[${part.title || part.url}](${part.url})` : `*${part.title}*`;
  }
}

function markdownInResult(part: ResultPart['parts'][number]): string {
  if (part.type === 'file') return `- ${part.name}`;
  return part.type === 'text' ? fenced(part.text) : markdownOf(part);
}

function markdownTable({ columns, rows, totalRows }: TablePart): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replace(/\|/g, '\\|')).join(' | ')} |`;
  const more = totalRows > rows.length ? ['', `… (${totalRows})`] : [];
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line), ...more].join('\n');
}

/** A code block whose fence is longer than any in its text. */
function fenced(text: string, language = ''): string {
  if (!text) return '';
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([fence]) => fence.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** How long the model thought in all, in ms; undefined where that is not known. */
export function thinkingMs(parts: Parts): number | undefined {
  const times = parts.flatMap((part) => (part.type === 'thought' ? (part.thinkingMs ?? []) : []));
  return times.length > 0 ? times.reduce((sum, ms) => sum + ms) : undefined;
}

export const picturesOf = (parts: Parts): ImagePart[] => parts.filter((part) => part.type === 'image');

/** What was attached to a question: pictures and files. */
export const attachedParts = (parts: Parts): Part[] =>
  parts.filter(({ type }) => type === 'image' || type === 'file');

export const filesOf = (parts: Parts): FilePart[] => parts.filter((part) => part.type === 'file');
