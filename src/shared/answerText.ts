// Parses the text of an answer as it arrives: thoughts, calls in tags, and visible text. The result does not depend on
// how the text is split into pieces.
import { CodeScan } from './codeScan';
import type { PartWriter } from './partWriter';
import { taggedCall, type CalledTool } from './taggedCall';

const THINK = '<think>';
const THINK_END = '</think>';
const CALL = '<tool_call>';
const CALL_END = '</tool_call>';
/** GLM-4.1V wraps the answer after its reasoning in <answer>…</answer>. */
const ANSWER = '<answer>';

export interface AnswerTextOptions {
  writer: PartWriter;
  /** The prompt ends inside the reasoning, so the opening tag may be missing. */
  prompted?: boolean;
  /** Calls are wrapped in `<tool_call>`. */
  taggedCalls?: boolean;
  /** Tools that the model was told of: a call in tags is of one of them, wherever it stands. */
  tools?: readonly CalledTool[];
  /** Whether a call follows a thought: a line with a tool's name, then its arguments. undefined: undecided so far. */
  header?: (start: string) => 'call' | 'text' | undefined;
  /** Texts to replace, such as a placeholder for a date. */
  replaced?: Readonly<Record<string, string>>;
}

/**
 * - start: only white space so far, or `<think>` is expected
 * - thought, text: inside a part
 * - after: after `</think>` or a call, before the answer's first character
 * - call: between `<tool_call>` and its end
 * - args: after a header, up to the end
 */
type State = 'start' | 'thought' | 'text' | 'after' | 'call' | 'args';

/**
 * Parses the tags in one stretch of an answer. Tags inside Markdown code are ignored: an answer may be about tags.
 * Without an opening tag, `</think>` at the end of a line turns the text before it into a thought, once, and not after
 * a mention of `<think>`.
 */
export class AnswerText {
  private state: State;
  private held = '';
  private scan = new CodeScan();
  /** Whether `</think>` without an opening tag still counts. */
  private mayClose: boolean;
  /** The text follows a thought: `</answer>` at its end is markup. */
  private afterThought = false;
  /** Length of the thought before a `</think>` in a fenced block; -1 for none. */
  private fencedEnd = -1;

  constructor(private readonly options: AnswerTextOptions) {
    const { writer } = options;
    const begun = writer.current;
    this.state = begun?.type === 'thought' || begun?.type === 'text' ? begun.type : 'start';
    if (begun && begun.type !== 'call') this.scan.feed(begun.text);
    if (!begun && writer.parts.at(-1)?.type === 'thought') [this.state, this.afterThought] = ['after', true];
    this.mayClose = !writer.parts.some(({ type }) => type !== 'text');
  }

  push(text: string): void {
    this.held += text;
    while (this.step());
  }

  /** Ends the stretch. @param cut true if the answer is incomplete */
  end(cut = false): void {
    const { writer } = this.options;
    while (this.step(true));
    if (this.state === 'call') {
      const [body, rest] = cut ? [this.held, ''] : unclosedValue(this.held);
      this.held = rest;
      this.endCall(body, cut);
      while (this.step(true));
    }
    if (this.held) this.write(this.held.replace(/<\/answer>\s*$/, ''));
    this.held = '';
    const { current } = writer;
    if (this.state === 'thought' && this.fencedEnd >= 0 && current?.type === 'thought') {
      const rest = current.text.slice(this.fencedEnd).trimStart().slice(THINK_END.length);
      writer.splitThought(this.fencedEnd, rest.replace(/^\n+/, ''));
    }
    writer.close(cut);
  }

  /** @returns whether the held text needs another step. */
  private step(last = false): boolean {
    if (!this.held) return false;
    switch (this.state) {
      case 'start':
        return this.begin(last);
      case 'thought':
        return this.upTo([THINK_END, ...this.callTags()], last);
      case 'text':
        return this.upTo(this.mayClose ? [THINK_END, THINK, ...this.callTags()] : this.callTags(), last);
      case 'after':
        return this.resume(last);
      case 'call':
        return this.inCall();
      case 'args':
        this.options.writer.writeArgs(this.held);
        this.held = '';
        return false;
    }
  }

  private callTags(): string[] {
    return this.options.taggedCalls ? [CALL] : [];
  }

  /** Before the first character: parses an opening tag, or starts the text. */
  private begin(last: boolean): boolean {
    const start = this.held.trimStart();
    if (start.startsWith(THINK)) {
      this.held = start.slice(THINK.length);
      this.state = 'thought';
      return true;
    }
    if (!last && THINK.startsWith(start)) return false;
    this.state = this.options.prompted ? 'thought' : 'text';
    return true;
  }

  /** After a thought or a call: skips line feeds and the opening tag of an answer. */
  private resume(last: boolean): boolean {
    const rest = this.held.replace(/^\n+/, '');
    const tag = rest.trimStart();
    if (this.afterThought && tag.startsWith(ANSWER)) this.held = tag.slice(ANSWER.length).replace(/^\n+/, '');
    else if (!last && this.afterThought && ANSWER.startsWith(tag)) return false;
    else this.held = rest;
    if (!this.held) return false;
    const begins = this.afterThought
      ? (this.options.header?.(this.held) ?? (last ? 'text' : undefined))
      : 'text';
    if (begins === 'call') this.startArgs();
    else if (begins === 'text' || !this.options.header) this.state = 'text';
    else return false;
    return true;
  }

  private startArgs(): void {
    const [name, ...rest] = this.held.split('\n');
    this.options.writer.startCall(name.trim());
    this.held = rest.join('\n');
    this.state = 'args';
  }

  /** Writes the text up to the first tag, then handles the tag. Holds back a possible beginning of a tag. */
  private upTo(tags: string[], last: boolean): boolean {
    const { replaced = {} } = this.options;
    const marks = [...tags, ...Object.keys(replaced)];
    const at = Math.min(...marks.map((mark) => this.held.indexOf(mark)).filter((index) => index >= 0));
    if (at === Infinity) {
      const isAnswer = this.state === 'text' && this.afterThought;
      const keep = last && !isAnswer ? 0 : this.tail(marks, isAnswer, last);
      this.take(this.held.length - keep);
      return false;
    }
    const mark = marks.find((one) => this.held.startsWith(one, at)) ?? '';
    this.take(at);
    if (mark in replaced) {
      this.held = this.held.slice(mark.length);
      this.write(replaced[mark]);
      return this.held !== '';
    }
    // Without its opening tag, `</think>` must end a line or stand alone: inside a sentence it is a mention.
    const next = this.held.charAt(mark.length);
    if (mark === THINK_END && this.state === 'text' && !next && !last) return false;
    this.meet(mark, this.state === 'thought' || next === '\n' || this.scan.atLineStart);
    return this.held !== '';
  }

  /** Length of the held text's end that must wait for more input. */
  private tail(marks: string[], isAnswer: boolean, last: boolean): number {
    const answerEnd = isAnswer
      ? /<\/answer>\s*$|<(?:\/(?:a(?:n(?:s(?:w(?:e(?:r)?)?)?)?)?)?)?$/.exec(this.held)
      : null;
    const own = answerEnd && (!last || answerEnd[0].includes('>')) ? answerEnd[0].length : 0;
    return Math.max(own, last ? 0 : partial(this.held, marks));
  }

  /** Handles a tag. @param ends whether a thought may end here */
  private meet(tag: string, ends: boolean): void {
    const { writer } = this.options;
    const isForced = tag === THINK_END && this.state === 'thought' && writer.atBudget;
    const isText =
      (this.scan.inCode && !isForced) ||
      (tag === CALL && !this.scan.atLineStart && !this.options.tools) ||
      (tag === THINK_END && !ends);
    if (tag === THINK) this.mayClose = false;
    if (tag === THINK_END && this.state === 'thought' && this.scan.inFence && !isForced) {
      this.fencedEnd = writer.current?.type === 'thought' ? writer.current.text.length : 0;
    }
    if (isText || tag === THINK) return this.take(tag.length);
    this.held = this.held.slice(tag.length);
    if (tag === THINK_END) {
      if (this.state === 'thought') writer.close();
      else writer.endAsThought();
      this.state = 'after';
      this.afterThought = true;
    } else {
      writer.close();
      this.state = 'call';
    }
    this.mayClose = false;
    this.fencedEnd = -1;
    this.scan = new CodeScan();
  }

  private inCall(): boolean {
    const end = taggedCallEnd(this.held);
    if (end < 0) return false;
    const body = this.held.slice(0, end);
    this.held = this.held.slice(end + CALL_END.length);
    this.state = 'after';
    this.afterThought = false;
    this.endCall(body, false);
    return this.held !== '';
  }

  /** Writes an unrecognised call as text, unless it was cut. */
  private endCall(body: string, cut: boolean): void {
    const { writer } = this.options;
    const call = taggedCall(body, this.options.tools);
    if (call) {
      writer.startCall(call.tool);
      writer.writeArgs(call.args);
      writer.close(cut);
    } else if (!cut) {
      this.held = body + this.held;
      this.state = 'text';
    }
  }

  private take(length: number): void {
    const text = this.held.slice(0, length);
    this.held = this.held.slice(length);
    this.write(text);
  }

  private write(text: string): void {
    if (!text) return;
    this.scan.feed(text);
    this.options.writer.write(this.state === 'thought' ? 'thought' : 'text', text);
  }
}

/** End of the call; `</tool_call>` inside a value belongs to the value. -1 while the call is incomplete. */
function taggedCallEnd(text: string): number {
  const open = /<arg_value>[\s\S]*?<\/arg_value>|<arg_value>[\s\S]*$|<\/tool_call>/g;
  for (const { 0: found, index } of text.matchAll(open)) if (found === CALL_END) return index;
  return -1;
}

/** A call whose last value lacks its closing tag, so that the call's own seemed to belong to the value; and what follows. */
function unclosedValue(text: string): [call: string, rest: string] {
  const last = text.lastIndexOf('<arg_value>');
  const end = text.indexOf(CALL_END, last);
  if (last < 0 || end < 0 || text.includes('</arg_value>', last)) return [text, ''];
  return [`${text.slice(0, end)}</arg_value>`, text.slice(end + CALL_END.length)];
}

/** Length of the longest suffix of `text` that is a prefix of one of the marks. */
function partial(text: string, marks: readonly string[]): number {
  const longest = Math.max(0, ...marks.map(({ length }) => length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (marks.some((mark) => mark.startsWith(end))) return length;
  }
  return 0;
}
