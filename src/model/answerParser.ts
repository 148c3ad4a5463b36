// From generated ids to the parts of an answer, while they arrive. The counterpart of chatFormat.ts.
//
//   \n{text}<|assistant|>{tool}\n{arguments}<|assistant|>{tool}\n{arguments}
//
// A stretch of an answer begins at its start and after every <|assistant|>. Its header ends at the first line feed and is
// empty for text, or a tool's name: one of the tools that the model was told of, or, where it was told of none, whatever
// looks like one. Reasoning stands in <think> tags, whose opening one the prompt may hold.
import type { CallPart, Part, PartEvent, ToolSpec } from '../protocol/chat';
import { AnswerText } from '../shared/answerText';
import { PartWriter } from '../shared/partWriter';
import { createIncrementalDecoder } from '../tokenizer/incrementalDecoder';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { opensThought } from './chatPieces';

/** GLM-4 was trained with a placeholder for the end of its knowledge; GLM's own demo fills it in like this. */
const PLACEHOLDERS = { '[[训练时间]]': '2023年' };
/** Markup tokens that the parser reads by their name; every other special token leaves no text. */
const TAGS = /^<\/?(?:think|answer|tool_call|arg_key|arg_value)>$/;
/** Tools whose arguments are not JSON: GLM-4's own. */
const BUILT_IN = ['python', 'simple_browser', 'cogview', 'interpreter'];
const TOOL_NAME = /^[A-Za-z_][\w.:-]{0,63}$/;

export interface AnswerParserArgs {
  tokenizer: Pick<Tokenizer, 'decodeBytes' | 'specialId' | 'isSpecial' | 'tokenText'>;
  /** What the prompt ends with, behind `<|assistant|>`. */
  answerStart: string;
  /** Calls stand in `<tool_call>`, as in GLM-4.5 and later. */
  taggedCalls?: boolean;
  /** Tools that the model was told of: their names make calls, any other header is text. */
  tools?: readonly ToolSpec[];
  /** GLM-4's own tools whose calls are written as JSON, since the prompt describes them as functions. */
  asFunctions?: ReadonlySet<string>;
  onEvent: (event: PartEvent) => void;
  /** Parts of the answer that is continued. */
  begun?: readonly Part[];
  /** Tokens so far, for the events. */
  figures?: () => { tokens: number; contextUsed: number };
}

/** How an answer ended: by itself, to wait for a result, or before its end. */
export type AnswerEnd = 'stop' | 'observation' | 'cut';

export interface AnswerParser {
  /** Takes one generated id; never the one that ended the answer. */
  push(id: number): void;
  /** The last token belongs to a thought that goes on. */
  readonly thinking: boolean;
  /** What is written from here on closes the thought at its budget. */
  closeThought(): void;
  /** @returns all parts, those of a continued answer included */
  end(how: AnswerEnd): Part[];
}

/** A parser for one answer. */
export function createAnswerParser(args: AnswerParserArgs): AnswerParser {
  const { tokenizer, answerStart, taggedCalls, tools, asFunctions, onEvent, begun = [] } = args;
  const { figures = () => ({ tokens: 0, contextUsed: 0 }) } = args;
  const finishCall = (call: CallPart) =>
    asFunctions?.has(call.tool) ? { ...call, args: bareArgument(call.args) } : call;
  const writer = new PartWriter({
    onEvent,
    begun,
    figures,
    finishCall,
    countsTokens: args.figures !== undefined,
  });
  const header = tools ? new OfferedNames(tools.map(({ name }) => name)) : ANY_NAME;
  const common = { taggedCalls, header, tools };
  const assistant = tokenizer.specialId('<|assistant|>');
  const fresh = begun.length === 0 || begun.at(-1)?.type === 'result';
  let decoder = createIncrementalDecoder(tokenizer);
  let stretch = new Stretch(writer, {
    ...common,
    // Where the prompt gave the line feed that ends the header, no header follows.
    mayCall:
      fresh && (!answerStart.endsWith('\n') || (tools !== undefined && answerStart.includes('</think>'))),
    mayRepeatLineFeed: fresh,
    prompted: fresh && opensThought(answerStart),
  });

  return {
    push(id) {
      if (id === assistant) {
        stretch.push(decoder.flush());
        stretch.end(tools ? 'observation' : 'stop'); // another call may follow one without arguments
        decoder = createIncrementalDecoder(tokenizer);
        stretch = new Stretch(writer, { ...common, mayCall: true });
      } else if (!tokenizer.isSpecial(id) || TAGS.test(tokenizer.tokenText(id)))
        stretch.push(decoder.push(id));
    },
    get thinking() {
      return writer.current?.type === 'thought';
    },
    closeThought() {
      writer.atBudget = true;
    },
    end(how) {
      stretch.push(decoder.flush());
      stretch.end(how);
      return writer.parts;
    },
  };
}

/** Tells a call from a text by the beginning of a stretch. */
interface HeaderRule {
  /** undefined while it can be either */
  decide(start: string): 'call' | 'text' | undefined;
  /** The beginning of a tool's name, or all of it. */
  isNameSoFar(start: string): boolean;
  isName(header: string): boolean;
}

interface StretchOptions {
  /** A header may come. */
  mayCall: boolean;
  header: HeaderRule;
  tools?: readonly ToolSpec[];
  prompted?: boolean;
  taggedCalls?: boolean;
  /** The model may write the line feed once more that the prompt gave. */
  mayRepeatLineFeed?: boolean;
}

/** One stretch: its header, then text or the arguments of a call. */
class Stretch {
  /** Held back until the name is whole and the arguments begin. */
  private header = '';
  private body: 'unknown' | 'text' | 'call';
  private text?: AnswerText;

  constructor(
    private readonly writer: PartWriter,
    private readonly options: StretchOptions,
  ) {
    this.body = writer.current?.type === 'call' ? 'call' : options.mayCall ? 'unknown' : 'text';
  }

  push(piece: string): void {
    if (!piece) return;
    if (this.body === 'call') return this.writer.writeArgs(piece);
    if (this.body === 'text') {
      const again = !this.text && this.options.mayRepeatLineFeed;
      return this.asText().push(again ? piece.replace(/^\n/, '') : piece);
    }
    this.header += piece;
    const decided = this.options.header.decide(this.header);
    if (decided === 'call') this.startCall();
    else if (decided === 'text') this.startText();
  }

  end(how: AnswerEnd): void {
    if (this.body === 'unknown') {
      // A call may have no arguments; half a name is not shown.
      const { header } = this.options;
      if (how === 'observation' && header.isName(this.header.trim())) this.startCall();
      else if (how !== 'cut' || !header.isNameSoFar(this.header)) this.startText();
    }
    if (this.body === 'text') this.asText().end(how === 'cut');
    else this.writer.close(how === 'cut');
  }

  private startCall(): void {
    const [name, ...rest] = this.header.split('\n');
    this.body = 'call';
    this.writer.startCall(name.trim());
    this.writer.writeArgs(rest.join('\n'));
  }

  /** The line feed that ends an empty header is not part of the text. */
  private startText(): void {
    this.body = 'text';
    this.asText().push(this.header.replace(/^[^\S\n]*\n/, ''));
  }

  private asText(): AnswerText {
    return (this.text ??= new AnswerText({
      writer: this.writer,
      prompted: this.options.prompted,
      taggedCalls: this.options.taggedCalls,
      header: this.options.taggedCalls ? undefined : (start) => this.options.header.decide(start),
      tools: this.options.tools,
      replaced: PLACEHOLDERS,
    }));
  }
}

/** Without tools: what looks like a call. */
const ANY_NAME: HeaderRule = {
  decide(start) {
    const newline = start.indexOf('\n');
    const name = start.slice(0, newline < 0 ? undefined : newline).trim();
    if (newline < 0) return this.isNameSoFar(start) ? undefined : 'text';
    if (!TOOL_NAME.test(name)) return 'text';
    if (BUILT_IN.includes(name)) return 'call';
    const args = start.slice(newline).trimStart();
    // A line of one word begins an answer more often than a call; a function's arguments are an object.
    return args === '' ? undefined : args.startsWith('{') ? 'call' : 'text';
  },
  isNameSoFar: (start) =>
    start.trim() === ''
      ? !start.includes('\n')
      : !start.trim().includes('\n') && TOOL_NAME.test(start.trim()),
  isName: (header) => TOOL_NAME.test(header),
};

/** With tools: exactly their names. */
class OfferedNames implements HeaderRule {
  constructor(private readonly names: readonly string[]) {}

  decide(start: string): 'call' | 'text' | undefined {
    const newline = start.indexOf('\n');
    if (newline < 0) return this.isNameSoFar(start) ? undefined : 'text';
    return this.isName(start.slice(0, newline).trim()) ? 'call' : 'text';
  }

  isNameSoFar(start: string): boolean {
    if (start.includes('\n')) return false;
    const begun = start.trimStart();
    return this.isName(begun.trim()) || this.names.some((name) => name.startsWith(begun));
  }

  isName(header: string): boolean {
    return this.names.includes(header);
  }
}

/** The only argument of a call that was written as JSON; other texts stay as they are. */
function bareArgument(args: string): string {
  try {
    const values = Object.values(JSON.parse(args) as object);
    return values.length === 1 && typeof values[0] === 'string' ? values[0] : args;
  } catch {
    return args;
  }
}
