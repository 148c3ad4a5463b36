// Jupyter notebooks as text: sources and text outputs of the cells. Pictures are left out, and the text says so.
import { htmlToText } from './html';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectsIn = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** Notebooks store a text as one string or as a list of lines. */
const textOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.filter((line) => typeof line === 'string').join('')
    : typeof value === 'string'
      ? value
      : '';
/** Colours and cursor movements of terminals. */
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[\\d;?]*[a-zA-Z]`, 'g');
/** Text of one output, at most: logs of a training run have megabytes. */
const MAX_OUTPUT_CHARS = 20_000;

/** The cells of a notebook as Markdown; undefined when the text is no notebook. */
export function notebookToText(json: string): string | undefined {
  let notebook: unknown;
  try {
    notebook = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isObject(notebook) || typeof notebook.nbformat !== 'number') return undefined;
  const worksheets = objectsIn(notebook.worksheets); // version 3
  const cells =
    worksheets.length > 0 ? worksheets.flatMap(({ cells }) => objectsIn(cells)) : objectsIn(notebook.cells);
  const metadata = isObject(notebook.metadata) ? notebook.metadata : {};
  const language = languageOf(metadata);
  return cells
    .map((cell) => cellText(cell, language))
    .filter(Boolean)
    .join('\n\n');
}

function languageOf({ language_info: info, kernelspec }: Json): string {
  const name = (isObject(info) && info.name) || (isObject(kernelspec) && kernelspec.language);
  return typeof name === 'string' && /^[\w+#-]{1,30}$/.test(name) ? name : 'python';
}

function cellText(cell: Json, language: string): string {
  const source = textOf(cell.source ?? cell.input).trimEnd();
  if (cell.cell_type === 'heading') return `${'#'.repeat(Number(cell.level) || 1)} ${source}`; // version 3
  if (cell.cell_type !== 'code') return source;
  const outputs = objectsIn(cell.outputs).map(outputText).filter(Boolean);
  const fence = (text: string, info: string) => `\`\`\`${info}\n${text}\n\`\`\``;
  return [source && fence(source, language), ...outputs.map((text) => fence(text, 'output'))].filter(Boolean).join('\n'); // prettier-ignore
}

function outputText(output: Json): string {
  const type = output.output_type;
  if (type === 'stream') return shortened(textOf(output.text));
  if (type === 'error' || type === 'pyerr') {
    const traceback = Array.isArray(output.traceback) ? output.traceback.map(textOf).join('\n') : '';
    return shortened(traceback || `${textOf(output.ename)}: ${textOf(output.evalue)}`);
  }
  const data = isObject(output.data) ? output.data : output;
  const pictures = Object.keys(data).filter((key) => /^(image\/|png$|jpeg$|svg$)/.test(key));
  const plain = textOf(data['text/plain'] ?? data.text);
  const html = textOf(data['text/html'] ?? data.html);
  const text = plain || (html && htmlToText(html)) || textOf(data['text/markdown']);
  const note = pictures.length > 0 ? '[A picture is left out here.]' : '';
  return [shortened(text), note].filter(Boolean).join('\n');
}

function shortened(text: string): string {
  const plain = text.replace(ANSI, '').trimEnd();
  if (plain.length <= MAX_OUTPUT_CHARS) return plain;
  return `${plain.slice(0, MAX_OUTPUT_CHARS)}\n[${plain.length - MAX_OUTPUT_CHARS} more characters are left out.]`;
}
