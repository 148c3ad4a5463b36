// Parses the deltas of a server's answer, in any of the common forms, and writes them as parts.
import { AnswerText } from '../shared/answerText';
import { PartWriter, type PartWriterOptions } from '../shared/partWriter';

/** A delta of a tool call: the name comes first, then the arguments in pieces. */
export interface CallDelta {
  index: number;
  id: string;
  name: string;
  args: string;
}

/** Content of one delta. */
export interface Delta {
  text: string;
  thought: string;
  calls: CallDelta[];
}

export const NOTHING: Delta = { text: '', thought: '', calls: [] };

export const isEmpty = ({ text, thought, calls }: Delta): boolean => !text && !thought && calls.length === 0;

const asString = (value: unknown): string => (typeof value === 'string' ? value : '');
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Parses a `delta` of a stream or the `message` of a complete answer. */
export function deltaOf(value: unknown): Delta {
  if (!isObject(value)) return NOTHING;
  const { content, reasoning_content, reasoning, tool_calls } = value;
  const parts = contentOf(content);
  return {
    text: parts.text,
    thought: (asString(reasoning_content) || asString(reasoning)) + parts.thought,
    calls: Array.isArray(tool_calls) ? tool_calls.filter(isObject).map(callOf) : [],
  };
}

/** Content is a string or a list of parts, which may hold thoughts: Mistral's {type: 'thinking', thinking: [parts]}. */
function contentOf(content: unknown): { text: string; thought: string } {
  if (typeof content === 'string') return { text: content, thought: '' };
  if (!Array.isArray(content)) return { text: '', thought: '' };
  const found = content.filter(isObject).map(({ type, text, thinking, reasoning }) => {
    if (type !== 'thinking' && type !== 'reasoning') return { text: asString(text), thought: '' };
    const inner = thinking ?? reasoning ?? text;
    return { text: '', thought: asString(inner) || contentOf(inner).text };
  });
  return {
    text: found.map(({ text }) => text).join(''),
    thought: found.map(({ thought }) => thought).join(''),
  };
}

function callOf(call: Record<string, unknown>, position: number): CallDelta {
  const { index, id, function: named } = call;
  const { name, arguments: args } = isObject(named) ? named : {};
  return {
    index: typeof index === 'number' ? index : position,
    id: asString(id),
    name: asString(name),
    args: isObject(args) ? JSON.stringify(args) : asString(args),
  };
}

/** Writes the parts of a server's answer. Tags in the text are parsed as in a local model's answer. */
export class ServerParts {
  private readonly writer: PartWriter;
  private text: AnswerText;
  /** True if the current thought came in a separate field. */
  private inField = false;
  /** Keyed by the server's index: deltas of several calls may be interleaved. */
  private readonly calls = new Map<number, { id: string; name: string; part: number }>();

  constructor(options: PartWriterOptions) {
    this.writer = new PartWriter(options);
    this.text = this.newText();
  }

  write({ text, thought, calls }: Delta): void {
    if (thought) {
      if (this.writer.current?.type !== 'thought') this.text.end();
      this.inField = true;
      this.writer.write('thought', thought);
    }
    if (text) {
      if (this.inField) this.endField();
      this.text.push(text);
    }
    for (const call of calls) this.takeCall(call);
  }

  /** @param cut true if the answer is incomplete */
  end(cut: boolean): void {
    for (const index of this.calls.keys()) this.startCall(index);
    if (this.inField || this.calls.size > 0) this.writer.close(cut);
    else this.text.end(cut);
  }

  private newText(): AnswerText {
    return new AnswerText({ writer: this.writer, taggedCalls: true });
  }

  private endField(): void {
    this.inField = false;
    this.writer.close();
    this.text = this.newText();
  }

  /** Starts a call at its first arguments: until then its name may be incomplete. */
  private takeCall(delta: CallDelta): void {
    const { index, id, name, args } = delta;
    const before = this.calls.get(index);
    const isNew = before !== undefined && this.isNext(before, delta);
    if (isNew) this.startCall(index);
    const call = before && !isNew ? before : { id: '', name: '', part: -1 };
    this.calls.set(index, { ...call, id: call.id || id, name: call.part < 0 ? call.name + name : call.name });
    if (args) this.writer.writeArgs(args, this.startCall(index));
  }

  /**
   * Whether a delta begins another call under the same index: some servers send each call whole, all with the index 0. Others
   * repeat the name, or give every delta an id of its own.
   */
  private isNext(call: { id: string; name: string; part: number }, { id, name, args }: CallDelta): boolean {
    if (!name || !call.name) return false;
    if (id && call.id) return id !== call.id;
    const part = this.writer.parts[call.part];
    return args !== '' && part?.type === 'call' && isWhole(part.args);
  }

  /** @returns the index of the call's part */
  private startCall(index: number): number {
    const call = this.calls.get(index);
    if (!call || call.part >= 0) return call?.part ?? -1;
    if (this.inField) this.endField();
    this.text.end();
    // Some servers count the calls of every answer from 0: an id is taken once in a message.
    const taken = this.writer.parts.some((part) => part.type === 'call' && part.id === call.id);
    this.writer.startCall(call.name, taken ? undefined : call.id || undefined);
    call.part = this.writer.parts.length - 1;
    return call.part;
  }
}

/** Whether the arguments of a call are complete. */
function isWhole(args: string): boolean {
  try {
    return isObject(JSON.parse(args));
  } catch {
    return false;
  }
}
