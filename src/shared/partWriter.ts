// Turns text pieces into part events: the last step of every answer, from a local model or a server.
import type { AnswerPart, CallPart, Part, PartEvent } from '../protocol/chat';
import { withText } from './parts';

export interface PartWriterOptions {
  onEvent: (event: PartEvent) => void;
  /** Parts of the answer being continued. Its last part is extended, unless it is a result or a finished thought. */
  begun?: readonly Part[];
  /** Token counts so far, for deltas. */
  figures: () => { tokens: number; contextUsed: number };
  /** The figures are of every token: thoughts tell theirs. */
  countsTokens?: boolean;
  /** Changes a call that is whole. */
  finishCall?: (call: CallPart) => CallPart;
  /** ms; default performance.now. */
  now?: () => number;
}

/** Writes the parts of one answer in sequence. Trims white space around thoughts and before texts. */
export class PartWriter {
  /** All parts so far, including continued ones. */
  readonly parts: Part[];
  /** Index of the open part; -1 if none is open. */
  private open = -1;
  /** True until the first event of a continued part. */
  private silent = false;
  private startedAt = 0;
  /** Tokens before the open part. */
  private tokensBefore = 0;
  /** The open thought ends at its budget. */
  atBudget = false;
  /** Pending white space, dropped if a thought ends or nothing follows. */
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

  /** The open part. */
  get current(): AnswerPart | undefined {
    return this.parts[this.open] as AnswerPart | undefined;
  }

  /** Appends to the open part, or begins a new one if its type differs. */
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

  /** Begins a call; its name is complete. */
  startCall(tool: string, id = `call-${this.parts.length}`): void {
    this.close();
    this.start({ type: 'call', id, tool, args: '', state: 'writing' });
  }

  /** @param index index of a call that another one interrupted; default: the open call */
  writeArgs(text: string, index = this.open): void {
    const part = this.parts[index];
    if (index === this.open) this.append(text);
    else if (part?.type === 'call') {
      const whole = (this.parts[index] = { ...part, args: part.args + text });
      this.options.onEvent({ kind: 'part-end', index, part: whole });
    }
  }

  /** Converts the open text to a thought whose opening tag was missing. */
  endAsThought(): void {
    const { current } = this;
    this.blank = '';
    if (current?.type === 'text') this.parts[this.open] = { type: 'thought', text: current.text.trim() };
    this.close();
  }

  /** Splits the open thought after `length` characters; the rest was the answer. */
  splitThought(length: number, answer: string): void {
    const { current } = this;
    if (current?.type !== 'thought') return;
    this.parts[this.open] = { ...current, text: current.text.slice(0, length).trim() };
    this.close();
    this.write('text', answer);
  }

  /** Ends the open part. @param cut true if the answer was cut inside it */
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
    if (part.type === 'call') {
      const { finishCall = (call) => call } = this.options;
      part = cut ? { ...part, state: 'stopped' } : finishCall({ ...part, state: 'unknown' });
    }
    if (part.type === 'thought') {
      const { figures, countsTokens } = this.options;
      const thinkingMs = Math.round((part.thinkingMs ?? 0) + (untouched ? 0 : this.now() - this.startedAt));
      const tokens = (part.tokens ?? 0) + (untouched ? 0 : figures().tokens - this.tokensBefore);
      const { atBudget } = this;
      this.atBudget = false;
      const counted = countsTokens && { tokens };
      part = { ...part, thinkingMs, ...counted, ...(cut ? { unfinished: true } : atBudget && { atBudget }) };
    }
    this.parts[index] = part;
    this.options.onEvent({ kind: 'part-end', index, part });
  }

  private start(part: AnswerPart): void {
    this.open = this.parts.length;
    this.parts.push(part);
    this.startedAt = this.now();
    this.tokensBefore = this.options.figures().tokens;
    this.options.onEvent({ kind: 'part-start', index: this.open, part });
  }

  private append(text: string): void {
    const { current, open: index } = this;
    if (!text || !current) return;
    if (this.silent) {
      this.silent = false;
      this.startedAt = this.now();
      this.tokensBefore = this.options.figures().tokens;
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
