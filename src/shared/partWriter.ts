// From pieces of text to part events: the last step of every answer, whether a model in this page or a server writes it.
import type { AnswerPart, Part, PartEvent } from '../protocol/chat';
import { withText } from './parts';

export interface PartWriterOptions {
  onEvent: (event: PartEvent) => void;
  /** Parts of the answer that is continued. Its last one goes on, unless that is a result or a thought that ended. */
  begun?: readonly Part[];
  /** Tokens so far, for deltas. */
  figures: () => { tokens: number; contextUsed: number };
  /** ms; default performance.now. */
  now?: () => number;
}

/** Writes the parts of one answer, one after the other. White space around thoughts and before texts is left out. */
export class PartWriter {
  /** All parts so far, begun ones included. */
  readonly parts: Part[];
  /** Index of the part being written; -1 between two. */
  private open = -1;
  /** A part that is continued has not been told of yet. */
  private silent = false;
  private startedAt = 0;
  /** White space that may turn out to be the end of a thought, or the beginning of nothing. */
  private blank = '';

  constructor(private readonly options: PartWriterOptions) {
    this.parts = [...(options.begun ?? [])];
    const last = this.parts.at(-1);
    if (!isAnswerPart(last) || (last.type === 'thought' && !last.unfinished)) return;
    this.open = this.parts.length - 1;
    this.silent = true;
    if (last.type === 'thought') {
      const { unfinished: _, ...thought } = last;
      this.parts[this.open] = thought;
    } else if (last.type === 'call') this.parts[this.open] = { ...last, state: 'writing' };
  }

  /** The part being written. */
  get current(): AnswerPart | undefined {
    return this.parts[this.open] as AnswerPart | undefined;
  }

  /** Appends to the part being written, or begins one if that is of another type. */
  write(type: 'text' | 'thought', text: string): void {
    if (this.current?.type !== type) {
      if (this.open >= 0) this.close();
      this.blank += text;
      if (!this.blank.trim()) return;
      const begins = type === 'thought' ? this.blank.trimStart() : this.blank;
      this.blank = '';
      this.start({ type, text: '' });
      return this.write(type, begins);
    }
    const all = this.blank + text;
    const shown = type === 'thought' ? all.trimEnd() : all;
    this.blank = all.slice(shown.length);
    this.append(shown);
  }

  /** Begins a call, whose name is whole. */
  startCall(tool: string, id = `call-${this.parts.length}`): void {
    this.close();
    this.start({ type: 'call', id, tool, args: '', state: 'writing' });
  }

  /** @param index of a call that ended when another began; default: the call being written */
  writeArgs(text: string, index = this.open): void {
    const part = this.parts[index];
    if (index === this.open) this.append(text);
    else if (part?.type === 'call') {
      const whole = (this.parts[index] = { ...part, args: part.args + text });
      this.options.onEvent({ kind: 'part-end', index, part: whole });
    }
  }

  /** The text being written was reasoning, whose opening tag is missing. */
  endAsThought(): void {
    const { current } = this;
    this.blank = '';
    if (current?.type === 'text') this.parts[this.open] = { type: 'thought', text: current.text.trim() };
    this.close();
  }

  /** The thought being written ended after `length` characters; all that follows them was the answer. */
  splitThought(length: number, answer: string): void {
    const { current } = this;
    if (current?.type !== 'thought') return;
    this.parts[this.open] = { ...current, text: current.text.slice(0, length).trim() };
    this.close();
    this.write('text', answer);
  }

  /** Ends the part being written. @param cut the answer ended inside it */
  close(cut = false): void {
    const { current } = this;
    this.blank = '';
    if (!current) return;
    const index = this.open;
    const untouched = this.silent;
    this.open = -1;
    this.silent = false;
    if (untouched && current.type === 'text') return;
    let part = current;
    if (part.type === 'call') part = { ...part, state: cut ? 'stopped' : 'unknown' };
    if (part.type === 'thought') {
      const thinkingMs = Math.round((part.thinkingMs ?? 0) + (untouched ? 0 : this.now() - this.startedAt));
      part = { ...part, thinkingMs, ...(cut && { unfinished: true }) };
    }
    this.parts[index] = part;
    this.options.onEvent({ kind: 'part-end', index, part });
  }

  private start(part: AnswerPart): void {
    this.open = this.parts.length;
    this.parts.push(part);
    this.startedAt = this.now();
    this.options.onEvent({ kind: 'part-start', index: this.open, part });
  }

  private append(text: string): void {
    const { current, open: index } = this;
    if (!text || !current) return;
    if (this.silent) {
      this.silent = false;
      this.startedAt = this.now();
      this.options.onEvent({ kind: 'part-start', index, part: current });
    }
    this.parts[index] = withText(current, text);
    this.options.onEvent({ kind: 'part-delta', index, text, ...this.options.figures() });
  }

  private now(): number {
    return (this.options.now ?? (() => performance.now()))();
  }
}

function isAnswerPart(part: Part | undefined): part is AnswerPart {
  return part?.type === 'text' || part?.type === 'thought' || part?.type === 'call';
}
