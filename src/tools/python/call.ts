// One call of the tool: its output as parts for people and as text for the model, its files in and out.
import type { FilePart, ResultPart } from '../../protocol/chat';
import type { ToolContext, ToolFile, ToolOutcome } from '../tool';
import type { Output, RunEnd } from './kernel';
import { noteForModel, noteForPeople, type Note } from './notes';

/** Names of attachments as paths below /mnt/data. */
const pathOf = (name: string): string =>
  name.replace(/^\/+/, '').replaceAll(/(^|\/)\.\.(?=\/|$)/g, '$1_') || 'file';

const MEDIA_TYPES: Record<string, string> = {
  csv: 'text/csv',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
};
const mediaType = (name: string) =>
  MEDIA_TYPES[name.split('.').pop()?.toLowerCase() ?? ''] ?? 'application/octet-stream';

/** Adds a piece of output to parts; text joins the text before it. */
function append(parts: ResultPart['parts'], output: Output): ResultPart['parts'] {
  if (output.kind === 'image') {
    const { bytes, width, height, alt } = output;
    return [...parts, { type: 'image', blob: new Blob([bytes], { type: 'image/png' }), alt, width, height }];
  }
  if (output.kind === 'table') {
    const { columns, rows, totalRows } = output;
    return [...parts, { type: 'table', columns, rows, totalRows }];
  }
  const last = parts.at(-1);
  if (last?.type === 'text') return [...parts.slice(0, -1), { type: 'text', text: last.text + output.text }];
  return [...parts, { type: 'text', text: output.text }];
}

/** What the model reads of a piece of output. */
const observed = (output: Output): string =>
  output.kind === 'image' ? '[Image]\n' : output.kind === 'table' ? `${output.text}\n` : output.text;

/** Files of the chat that Python does not have, or has in another version. They count as there from now on. */
export async function newFiles(files: readonly ToolFile[], synced: Map<string, Blob>) {
  const changed = files.filter(({ name, blob }) => synced.get(pathOf(name)) !== blob);
  const read = changed.map(async ({ name, blob }) => {
    synced.set(pathOf(name), blob);
    return { name: pathOf(name), bytes: await blob.arrayBuffer() };
  });
  return Promise.all(read);
}

/** One call: what came, what is said about it. */
export class Call {
  parts: ResultPart['parts'] = [];
  private text = '';
  private readonly notes: Note[] = [];

  constructor(private readonly onProgress: ToolContext['onProgress']) {}

  add(output: Output): void {
    this.parts = append(this.parts, output);
    this.text += observed(output);
    this.onProgress(this.parts);
  }

  /** Shown until something comes. */
  hint(note: Note): void {
    this.onProgress([{ type: 'text', text: noteForPeople(note) }]);
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  addFiles(files: RunEnd['files'], synced: Map<string, Blob>): void {
    for (const { name, bytes } of files) {
      const type = mediaType(name);
      const blob = new Blob([bytes], { type });
      synced.set(pathOf(name), blob);
      const part: FilePart = { type: 'file', id: crypto.randomUUID(), name, mediaType: type, blob };
      this.parts = [...this.parts, part];
    }
  }

  /** A traceback, after the output; '' adds nothing. */
  fail(error: string): void {
    if (error) this.add({ kind: 'text', text: error });
  }

  outcome(failed: boolean): ToolOutcome {
    const lines = this.notes.map(noteForModel);
    const names = this.parts.flatMap((part) => (part.type === 'file' ? [part.name] : []));
    if (names.length > 0) lines.push(`Files: ${names.map((name) => `/mnt/data/${name}`).join(', ')}`);
    const forPeople = this.notes.map((note) => noteForPeople(note)).join('\n');
    const parts = forPeople ? [...this.parts, { type: 'text' as const, text: forPeople }] : this.parts;
    return { parts, observation: [this.text.trimEnd(), ...lines].filter(Boolean).join('\n'), failed };
  }
}
