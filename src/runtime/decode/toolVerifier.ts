// Calls that always parse: a header is a tool's exact name, arguments follow the tool's schema. Text stays free.
//
//   "\n" text | name "\n" arguments
import type { TokenMatcher } from '../../grammar/masks';
import { functionOf } from '../../model/toolArgs';
import type { TokenSet } from '../../model/decodeState';
import type { ToolSpec } from '../../protocol/chat';
import type { CallVerifier } from './constraint';
import type { ModelGrammars } from './grammarConstraint';

const LINE_FEED = 'Ċ'; // in the byte alphabet
const BLANK = 'Ġ';
const THINK = '<think>';
const THINK_END = '</think>';

export interface ToolVerifierArgs {
  grammars: ModelGrammars;
  tools: readonly ToolSpec[];
  /** GLM-4's own tools whose arguments are JSON: the prompt describes them as functions. */
  asFunctions: ReadonlySet<string>;
  /** The prompt ends inside the reasoning. */
  thinks: boolean;
  /** The prompt ends behind the reasoning. */
  afterThought?: boolean;
  /** The answer begins with a call of one of these. */
  forced?: readonly string[];
}

/**
 * - thought: up to `</think>`, then `line`
 * - line: a text that is a call if its first line is a tool's name
 * - header: the beginning of a stretch
 * - text: up to `<|assistant|>`
 * - args: a function's arguments, by its grammar
 * - free: the arguments of a tool of GLM-4's own: source code, browser calls, a prompt
 */
type State = 'thought' | 'line' | 'header' | 'text' | 'args' | 'free';

/** Verifies the tokens of one answer. */
export class ToolVerifier implements CallVerifier {
  private state: State;
  /** The header, or the end of the thought, so far, in the byte alphabet. */
  private held = '';
  private matcher: TokenMatcher | undefined;
  private readonly names: string[];
  /** As long as the forced call has not begun. */
  private forced: readonly string[] | undefined;
  private readonly assistant: number;
  /** Ids that end a call: `<|observation|>`, and `<|assistant|>`, after which another stretch follows. */
  private readonly callEnds: number[];

  constructor(private readonly args: ToolVerifierArgs) {
    const { tools, grammars, thinks, afterThought, forced } = args;
    this.forced = forced;
    this.state = thinks ? 'thought' : afterThought ? 'line' : 'header';
    this.names = tools.map(({ name }) => name);
    const ends = ['<|assistant|>', '<|observation|>'].map((name) => grammars.tokenizer.specialId(name));
    this.assistant = ends[0] ?? -1;
    this.callEnds = ends.filter((id) => id !== undefined);
  }

  get inCall(): boolean {
    return this.state === 'args' || this.state === 'free';
  }

  async follow(ids: readonly number[]): Promise<void> {
    for (const id of ids) if (await this.verify(id)) this.enter('text');
  }

  async verify(id: number): Promise<TokenSet | null> {
    const { tokenizer, stops } = this.args.grammars;
    switch (this.state) {
      case 'header':
        return this.inHeader(id);
      case 'args':
        return this.inArgs(id);
      case 'free':
        if (this.callEnds.includes(id)) this.endCall(id);
        else if (stops.has(id))
          return this.allBut([...stops].filter((stop) => !this.callEnds.includes(stop)));
        return null;
      default:
        if (id === this.assistant) this.enter('header');
        else if (this.state === 'thought') {
          this.held = (this.held + tokenizer.tokenText(id)).slice(-64);
          if (this.held.includes(THINK_END)) this.enter('line');
        } else if (this.state === 'line') return this.inLine(this.args.grammars.spelled(id));
        return null;
    }
  }

  end(): void {
    this.enter('text');
  }

  private enter(state: State): void {
    this.state = state;
    this.held = '';
    this.matcher?.dispose();
    this.matcher = undefined;
  }

  private endCall(id: number): void {
    this.enter(id === this.assistant ? 'header' : 'text');
  }

  private async inHeader(id: number): Promise<TokenSet | null> {
    if (!this.mayFollowHeader(id)) return this.headerMask();
    this.held += this.spelled(id);
    if (this.held === THINK) this.enter('thought');
    if (!this.held.endsWith(LINE_FEED) || isEmptyLine(this.held)) {
      if (isEmptyLine(this.held)) this.enter('text');
      return null;
    }
    await this.beginCall(this.held.slice(0, -1));
    return null;
  }

  private mayFollowHeader(id: number): boolean {
    const { held } = this;
    const next = this.spelled(id);
    const header = held + next;
    if (this.forced) return next !== '' && this.headers.some((name) => name.startsWith(header));
    // The model may end its answer before the first word.
    if (next === '') return held === '' && this.textEnds.includes(id);
    if (held === '' && isEmptyLine(header)) return true;
    return [...this.headers, THINK].some((name) => name.startsWith(header));
  }

  private headerMask(): TokenSet {
    const { grammars } = this.args;
    const { held, forced } = this;
    const ids = new Set<number>(held === '' && !forced ? [...grammars.lineFeeds, ...this.textEnds] : []);
    for (const header of forced ? this.headers : [...this.headers, THINK]) {
      if (!header.startsWith(held)) continue;
      for (let end = held.length + 1; end <= header.length; end++) {
        const part = header.slice(held.length, end);
        const id = grammars.idOf(part) ?? (part === THINK ? grammars.tokenizer.specialId(THINK) : undefined);
        if (id !== undefined) ids.add(id);
      }
    }
    return [...ids];
  }

  /** A token in the byte alphabet; of special tokens only `<think>` has a text. */
  private spelled(id: number): string {
    const { grammars } = this.args;
    return grammars.tokenizer.specialId(THINK) === id ? THINK : grammars.spelled(id);
  }

  /** Headers of calls, in the byte alphabet; some formats put a blank behind the name. */
  private get headers(): string[] {
    return (this.forced ?? this.names).flatMap((name) => [name + LINE_FEED, name + BLANK + LINE_FEED]);
  }

  /** Stops that end an answer of text. */
  private get textEnds(): number[] {
    return [...this.args.grammars.stops].filter((id) => !this.callEnds.includes(id));
  }

  /** After reasoning a call may follow without a role token: it is only recognised, unless it is forced. */
  private async inLine(spelled: string): Promise<TokenSet | null> {
    const held = (this.held + spelled).replace(/^[ĠĊ]+/, '');
    if (this.forced && (spelled === '' || !this.headers.some((name) => name.startsWith(held))))
      return this.headerMask();
    this.held = held;
    const at = held.indexOf(LINE_FEED);
    if (at < 0) return null;
    const isCall = this.names.includes(held.slice(0, at).replace(/Ġ+$/, ''));
    if (isCall && at === held.length - 1) await this.beginCall(held.slice(0, at));
    else this.enter('text');
    return null;
  }

  private async beginCall(header: string): Promise<void> {
    const name = header.replace(/Ġ+$/, '');
    const tool = this.args.tools.find((one) => one.name === name);
    this.enter('free');
    this.forced = undefined;
    if (!tool || (tool.type !== 'function' && !this.args.asFunctions.has(name))) return;
    this.matcher = await this.args.grammars.argsMatcher(functionOf(tool).parameters);
    this.state = 'args';
  }

  private async inArgs(id: number): Promise<TokenSet | null> {
    const { matcher, callEnds } = this;
    const { stops, tokenizer } = this.args.grammars;
    if (!matcher) return null;
    if (!stops.has(id) && !tokenizer.isSpecial(id) && matcher.accept(id)) return null;
    const mask = await matcher.mask();
    const isWhole = this.args.grammars.takeStops(mask);
    if (isWhole && callEnds.includes(id)) {
      this.endCall(id);
      return null;
    }
    if (isWhole) for (const end of callEnds) mask[end >>> 5] |= 1 << (end & 31);
    return mask;
  }

  private allBut(ids: readonly number[]): TokenSet {
    const words = new Uint32Array(Math.ceil(this.args.grammars.tokenizer.vocabSize / 32)).fill(0xffffffff);
    for (const id of ids) words[id >>> 5] &= ~(1 << (id & 31));
    return words;
  }
}

const isEmptyLine = (header: string): boolean => /^Ġ*Ċ/.test(header);
