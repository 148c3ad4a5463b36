// Calls that always parse, in the format of GLM-4.5 and later. The tags are special tokens; text between calls stays free.
//
//   <tool_call>name\n<arg_key>key</arg_key>\n<arg_value>value</arg_value>\n</tool_call>      line feeds may be missing
import type { TokenMatcher } from '../../grammar/masks';
import { functionOf } from '../../model/toolArgs';
import type { TokenSet } from '../../model/decodeState';
import type { ToolSpec } from '../../protocol/chat';
import { CALL_TAGS, mayBeString } from '../../shared/taggedCall';
import type { CallVerifier } from './constraint';
import type { ModelGrammars } from './grammarConstraint';

const LINE_FEED = 'Ċ'; // in the byte alphabet
type Tag = (typeof CALL_TAGS)[number];

type Schema = Record<string, unknown>;

/** What may come next: these texts, in the byte alphabet, and tags once the text so far is one of `whole`. */
interface Expected {
  texts: string[];
  tags: { whole: string[]; tags: Tag[] }[];
}

/**
 * text: free, or only the way to the forced call; thought: before it; name, key, gap: spelled out; string: free up to its
 * tag; value: JSON by its schema.
 */
type State = 'thought' | 'text' | 'name' | 'key' | 'gap' | 'string' | 'value';

export interface TaggedRules {
  /** The prompt ends inside the reasoning. */
  thinks?: boolean;
  /** The answer begins with a call of one of these. */
  forced?: readonly string[];
}

/** Verifies the tokens of one answer. */
export class TaggedVerifier implements CallVerifier {
  private state: State;
  private held = '';
  private tool: ToolSpec | undefined;
  private key = '';
  private given = new Set<string>();
  private matcher: TokenMatcher | undefined;
  private readonly ids: Map<Tag, number>;
  private readonly tags: Map<number, Tag>;
  /** As long as the forced call has not been made. */
  private forced: readonly string[] | undefined;

  constructor(
    private readonly grammars: ModelGrammars,
    private readonly tools: readonly ToolSpec[],
    ids: Map<Tag, number>,
    { thinks, forced }: TaggedRules = {},
  ) {
    this.state = thinks && forced ? 'thought' : 'text';
    this.forced = forced;
    this.ids = ids;
    this.tags = new Map([...ids].map(([tag, id]) => [id, tag]));
  }

  /** @returns undefined for a vocabulary without the tags */
  static for(
    grammars: ModelGrammars,
    tools: readonly ToolSpec[],
    rules?: TaggedRules,
  ): TaggedVerifier | undefined {
    const ids = new Map<Tag, number>();
    for (const tag of CALL_TAGS) {
      const id = grammars.tokenizer.specialId(tag);
      if (id === undefined) return undefined;
      ids.set(tag, id);
    }
    return new TaggedVerifier(grammars, tools, ids, rules);
  }

  get inCall(): boolean {
    return this.state !== 'text' && this.state !== 'thought';
  }

  async follow(ids: readonly number[]): Promise<void> {
    for (const id of ids) if (await this.verify(id)) this.enter('text');
  }

  end(): void {
    this.enter('text');
  }

  async verify(id: number): Promise<TokenSet | null> {
    const tag = this.tags.get(id);
    switch (this.state) {
      case 'text':
        if (tag === '<tool_call>') {
          this.given = new Set();
          this.enter('name');
        } else if (this.forced) return this.beforeCall(id);
        return null;
      case 'thought':
        if (id === this.grammars.tokenizer.specialId('</think>')) this.enter('text');
        return null;
      case 'string':
        if (tag === '</arg_value>') this.endValue();
        else if (this.grammars.tokenizer.isSpecial(id)) return this.textOr('</arg_value>');
        return null;
      case 'value':
        return this.inValue(id, tag);
      default:
        return this.inSpelled(id, tag);
    }
  }

  private enter(state: State): void {
    this.state = state;
    this.held = '';
    this.matcher?.dispose();
    this.matcher = undefined;
  }

  /** Before a forced call: reasoning, or a line feed. */
  private beforeCall(id: number): TokenSet | null {
    const { tokenizer, lineFeeds } = this.grammars;
    const think = tokenizer.specialId('<think>');
    const breaks = this.held === '' ? lineFeeds : [];
    if (id === think) this.enter('thought');
    else if (breaks.includes(id)) this.held = LINE_FEED;
    else return [this.ids.get('<tool_call>') as number, ...breaks, ...(think === undefined ? [] : [think])];
    return null;
  }

  /** Keys that may still come. */
  private keysOf(tool: ToolSpec | undefined): string[] {
    return Object.keys(parametersOf(tool).properties).filter((key) => !this.given.has(key));
  }

  private expected(): Expected {
    const { state } = this;
    if (state === 'name') {
      const tools = this.tools.filter(({ name }) => this.forced?.includes(name) ?? true);
      const headers = tools.map((tool) => ({ tool, whole: [tool.name, tool.name + LINE_FEED] }));
      return {
        texts: headers.flatMap(({ whole }) => whole),
        tags: headers.map(({ tool, whole }) => ({ whole, tags: this.afterPair(tool) })),
      };
    }
    if (state === 'key') {
      const keys = this.keysOf(this.tool).map((key) => this.grammars.spelledText(key));
      return { texts: keys, tags: [{ whole: keys, tags: ['</arg_key>'] }] };
    }
    const tags: Tag[] = this.key ? ['<arg_value>'] : this.afterPair(this.tool);
    return { texts: [LINE_FEED], tags: [{ whole: ['', LINE_FEED], tags }] };
  }

  /** Tags after the name or a pair: another key, or the end once no required one is missing. */
  private afterPair(tool: ToolSpec | undefined): Tag[] {
    const isWhole = parametersOf(tool).required.every((key) => this.given.has(key));
    return [
      ...(this.keysOf(tool).length > 0 ? (['<arg_key>'] as const) : []),
      ...(isWhole ? (['</tool_call>'] as const) : []),
    ];
  }

  private async inSpelled(id: number, tag: Tag | undefined): Promise<TokenSet | null> {
    const { grammars, held, state } = this;
    const { texts, tags } = this.expected();
    const next = grammars.spelled(id);
    if (tag && tags.some(({ whole, tags }) => whole.includes(held) && tags.includes(tag))) {
      if (state === 'name') this.tool = this.tools.find(({ name }) => name === held.replace(LINE_FEED, ''));
      await this.take(tag);
      return null;
    }
    if (next && texts.some((text) => text.startsWith(held + next))) {
      this.held += next;
      return null;
    }
    const ids = new Set<number>();
    for (const text of texts) {
      if (!text.startsWith(held)) continue;
      for (let end = held.length + 1; end <= text.length; end++) {
        const other = grammars.idOf(text.slice(held.length, end));
        if (other !== undefined) ids.add(other);
      }
    }
    for (const { whole, tags: allowed } of tags)
      if (whole.includes(held)) for (const other of allowed) ids.add(this.ids.get(other) as number);
    return [...ids];
  }

  private async take(tag: Tag): Promise<void> {
    if (tag === '<arg_key>') return this.enter('key');
    if (tag === '</tool_call>') {
      this.forced = undefined;
      return this.enter('text');
    }
    if (tag === '</arg_key>') {
      this.key = this.keysOf(this.tool).find((key) => this.grammars.spelledText(key) === this.held) ?? '';
      return this.enter('gap');
    }
    const { properties, whole } = parametersOf(this.tool);
    const schema = properties[this.key] ?? true;
    this.enter(mayBeString(schema) ? 'string' : 'value');
    if (this.state === 'string') return;
    const { $defs, definitions } = whole;
    const own =
      typeof schema === 'object' && schema !== null
        ? { ...($defs ? { $defs } : {}), ...(definitions ? { definitions } : {}), ...schema }
        : schema;
    this.matcher = await this.grammars.valueMatcher(own);
  }

  private endValue(): void {
    this.given.add(this.key);
    this.key = '';
    this.enter('gap');
  }

  private async inValue(id: number, tag: Tag | undefined): Promise<TokenSet | null> {
    const { matcher, grammars } = this;
    if (!matcher) return null;
    if (!grammars.tokenizer.isSpecial(id) && matcher.accept(id)) return null;
    const mask = await matcher.mask();
    const isWhole = grammars.takeStops(mask);
    if (isWhole && tag === '</arg_value>') {
      this.endValue();
      return null;
    }
    const end = this.ids.get('</arg_value>') as number;
    if (isWhole) mask[end >>> 5] |= 1 << (end & 31);
    return mask;
  }

  /** All text, and one tag. */
  private textOr(tag: Tag): TokenSet {
    const { tokenizer } = this.grammars;
    const words = new Uint32Array(Math.ceil(tokenizer.vocabSize / 32));
    for (let id = 0; id < tokenizer.vocabSize; id++)
      if (!tokenizer.isSpecial(id)) words[id >>> 5] |= 1 << (id & 31);
    const end = this.ids.get(tag) as number;
    words[end >>> 5] |= 1 << (end & 31);
    return words;
  }
}

function parametersOf(tool: ToolSpec | undefined) {
  const whole = (tool ? functionOf(tool).parameters : {}) as Schema;
  const { properties = {}, required = [] } = whole as { properties?: Schema; required?: string[] };
  return { properties, required, whole };
}
