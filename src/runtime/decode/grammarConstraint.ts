// A grammar as the constraint of an answer.
import { answerGrammar, argsGrammar } from '../../grammar/answerGrammar';
import { GrammarMasks, type TokenMatcher } from '../../grammar/masks';
import type { TokenSet } from '../../model/decodeState';
import type { AnswerFormat } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import { spellBytes } from '../../shared/byteAlphabet';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { Constraint } from './constraint';
import { JsonEnd } from './jsonEnd';

/** Grammars for one model's vocabulary; the compiler is made at first use. */
export class ModelGrammars {
  private masks: Promise<GrammarMasks> | undefined;
  private spelledTokens: string[] | undefined;
  private idsBySpelling: Map<string, number> | undefined;
  private ofLineFeeds: number[] | undefined;
  /** EBNF of arguments, by the JSON of their schema. */
  private readonly argsGrammars = new Map<string, string>();

  constructor(
    readonly tokenizer: Tokenizer,
    readonly stops: ReadonlySet<number>,
    /** What the prompt ends with; without a line feed, the answer starts with one. */
    private readonly answerStart: string,
  ) {}

  /**
   * The constraint of one answer; end it afterwards.
   * @param begun tokens that the answer already has
   * @throws AppError bad-schema
   */
  async constraint(format: AnswerFormat, begun: readonly number[] = []): Promise<GrammarConstraint> {
    const { ebnf, start, bytesToEnd } = answerGrammar(format, !this.answerStart.endsWith('\n'));
    const matcher = await (await this.openMasks()).matcher(ebnf, start);
    const end = bytesToEnd === undefined ? undefined : new JsonEnd(this, bytesToEnd);
    const constraint = new GrammarConstraint(matcher, this.stops, end);
    for (const id of begun) constraint.take(id);
    return constraint;
  }

  /** A matcher for the arguments of a call; dispose it afterwards. A schema that is no good allows any object. */
  argsMatcher(schema: unknown): Promise<TokenMatcher> {
    return this.jsonMatcher(asObject(schema), { type: 'object' });
  }

  /** The same for one value; a schema that is no good allows any. */
  valueMatcher(schema: unknown): Promise<TokenMatcher> {
    return this.jsonMatcher(schema, true);
  }

  private async jsonMatcher(schema: unknown, otherwise: unknown): Promise<TokenMatcher> {
    const masks = await this.openMasks();
    const key = JSON.stringify(schema);
    const known = this.argsGrammars.get(key);
    try {
      const ebnf = known ?? argsGrammar(schema, this.tokenizer.vocabSize).ebnf;
      const matcher = await masks.matcher(ebnf);
      this.argsGrammars.set(key, ebnf);
      return matcher;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return masks.matcher(argsGrammar(otherwise, this.tokenizer.vocabSize).ebnf);
    }
  }

  /** A token's bytes in the byte alphabet; '' for special tokens. */
  spelled(id: number): string {
    const { tokenizer } = this;
    return (
      this.spelledTokens?.[id] ?? (tokenizer.isSpecial(id) ? '' : spellBytes(tokenizer.decodeBytes([id])))
    );
  }

  /** A text in the byte alphabet. */
  spelledText(text: string): string {
    return spellBytes(new TextEncoder().encode(text));
  }

  /** Takes the stops out of a matcher's mask. @returns whether they were allowed: the text is complete */
  takeStops(mask: Uint32Array): boolean {
    let wasAllowed = false;
    for (const stop of this.stops) {
      wasAllowed ||= ((mask[stop >>> 5] >>> (stop & 31)) & 1) === 1;
      mask[stop >>> 5] &= ~(1 << (stop & 31));
    }
    return wasAllowed;
  }

  /** The token of these bytes. */
  idOf(spelled: string): number | undefined {
    this.idsBySpelling ??= new Map(this.allSpelled().map((token, id) => [token, id]));
    return spelled === '' ? undefined : this.idsBySpelling.get(spelled);
  }

  /** Tokens that begin with a line feed, after blanks at most. */
  get lineFeeds(): readonly number[] {
    return (this.ofLineFeeds ??= this.allSpelled().flatMap((token, id) => (/^Ġ*Ċ/.test(token) ? [id] : [])));
  }

  /** Loads what the first call needs. */
  async prepare(): Promise<void> {
    await this.openMasks().catch(() => undefined); // reported when it is needed
  }

  private openMasks(): Promise<GrammarMasks> {
    this.masks ??= GrammarMasks.open({ tokens: this.allSpelled(), stops: [...this.stops] }).catch(
      (error: unknown) => {
        this.masks = undefined; // the library could not be fetched: the next answer asks again
        throw error;
      },
    );
    return this.masks;
  }

  private allSpelled(): string[] {
    const { tokenizer } = this;
    return (this.spelledTokens ??= Array.from({ length: tokenizer.vocabSize }, (_, id) => this.spelled(id)));
  }
}

/** What a schema of no arguments may say. */
const OF_NOTHING = ['$schema', 'title', 'description', 'type', 'properties', 'required'];

/** Arguments are an object, whatever else the schema says; of a tool that takes none, an empty one. */
function asObject(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { type = 'object', properties = {} } = schema as { type?: unknown; properties?: object };
  const takesNothing =
    Object.keys(schema).every((key) => OF_NOTHING.includes(key)) && Object.keys(properties).length === 0;
  return { ...schema, type, ...(takesNothing && { additionalProperties: false }) };
}

/** The tokens that keep an answer within its grammar; of JSON, those that end it before the room does. */
export class GrammarConstraint implements Constraint {
  private room = Infinity;
  private taken = 0;

  constructor(
    private readonly matcher: TokenMatcher,
    private readonly stops: ReadonlySet<number>,
    private readonly jsonEnd?: JsonEnd,
  ) {}

  begin(room: number): void {
    this.room = room;
    this.taken = 0;
  }

  async next(id: number | undefined): Promise<TokenSet> {
    if (id !== undefined) this.take(id);
    const mask = await this.matcher.mask();
    return this.jsonEnd?.isDue(this.room - this.taken, this.room) ? this.jsonEnd.narrow(mask) : mask;
  }

  /** Takes a token of the answer. */
  take(id: number): void {
    if (this.stops.has(id)) return;
    this.matcher.accept(id);
    this.jsonEnd?.push(id);
    this.taken++;
  }

  /** Frees the matcher. */
  end(): void {
    this.matcher.dispose();
  }
}
