// A grammar as the constraint of an answer.
import { answerGrammar } from '../../grammar/answerGrammar';
import { GrammarMasks, type TokenMatcher } from '../../grammar/masks';
import type { TokenSet } from '../../model/decodeState';
import type { AnswerFormat } from '../../protocol/chat';
import { spellBytes } from '../../shared/byteAlphabet';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { Constraint } from './constraint';

/** Grammars for one model's vocabulary; the compiler is made at first use. */
export class ModelGrammars {
  private masks: Promise<GrammarMasks> | undefined;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly stops: ReadonlySet<number>,
    /** What the prompt ends with; without a line feed, the answer starts with one. */
    private readonly answerStart: string,
  ) {}

  /**
   * The constraint of one answer; end it afterwards.
   * @param begun tokens that the answer already has
   * @throws AppError bad-schema
   */
  async constraint(format: AnswerFormat, begun: readonly number[] = []): Promise<GrammarConstraint> {
    const { ebnf, start } = answerGrammar(format, !this.answerStart.endsWith('\n'));
    this.masks ??= GrammarMasks.open({ tokens: this.spelledTokens(), stops: [...this.stops] });
    const matcher = await (await this.masks).matcher(ebnf, start);
    for (const id of begun) matcher.accept(id);
    return new GrammarConstraint(matcher, this.stops);
  }

  private spelledTokens(): string[] {
    const { tokenizer } = this;
    return Array.from({ length: tokenizer.vocabSize }, (_, id) =>
      tokenizer.isSpecial(id) ? '' : spellBytes(tokenizer.decodeBytes([id])),
    );
  }
}

/** The tokens that keep an answer within its grammar. */
export class GrammarConstraint implements Constraint {
  constructor(
    private readonly matcher: TokenMatcher,
    private readonly stops: ReadonlySet<number>,
  ) {}

  next(id: number | undefined): Promise<TokenSet> {
    if (id !== undefined && !this.stops.has(id)) this.matcher.accept(id);
    return this.matcher.mask();
  }

  /** Frees the matcher. */
  end(): void {
    this.matcher.dispose();
  }
}
