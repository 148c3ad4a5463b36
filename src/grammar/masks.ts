// Token masks of a grammar: which tokens keep the text so far completable. web-xgrammar computes them.
import type * as Library from '@mlc-ai/web-xgrammar';
import type { CompiledGrammar, GrammarCompiler, GrammarMatcher } from '@mlc-ai/web-xgrammar';
import { badSchema } from './schema';
import { fetchPart } from '../shared/missingPart';

/** The vocabulary as a compiler needs it. */
export interface GrammarVocabulary {
  /** By id: the token's bytes in the GPT-2 byte alphabet; '' for special tokens, which no grammar allows. */
  tokens: string[];
  /** Ids that end an answer. Allowed where the text is complete. */
  stops: number[];
}

/** Follows one answer. */
export interface TokenMatcher {
  /** Tokens that may follow: bit `id % 32` of word `id / 32`. */
  mask(): Promise<Uint32Array<ArrayBuffer>>;
  /** Takes the next token. @returns false if the grammar does not allow it; nothing changes then */
  accept(id: number): boolean;
  /** Frees its memory outside the JavaScript heap. */
  dispose(): void;
}

/**
 * The package (0.1.27) is UMD in an ES module package: a bundler makes its exports, but imported as it is, in Node and by a
 * development server, it sets a global instead. To be removed once the package has exports. Twin: scripts/commonJs.ts.
 */
async function loadOnce(): Promise<typeof Library> {
  const module = await fetchPart(() => import('@mlc-ai/web-xgrammar'));
  const library =
    'TokenizerInfo' in module ? module : (globalThis as unknown as { xgrammar: typeof Library }).xgrammar;
  (await library.TokenizerInfo.createTokenizerInfo(['a'], 'raw')).dispose();
  return library;
}

let loading: Promise<typeof Library> | undefined;

/**
 * The library after its first call: that one starts its WebAssembly module, and two first calls at once would start two,
 * whose objects do not know each other.
 */
function loadLibrary(): Promise<typeof Library> {
  return (loading ??= loadOnce().catch((error: unknown) => {
    loading = undefined; // the next call asks again
    throw error;
  }));
}

/** Compiled grammars to keep: a chat uses a few tools, or one response format. */
const KEPT_GRAMMARS = 16;

/** Compiles grammars for one vocabulary, and keeps the latest. */
export class GrammarMasks {
  private readonly compiled = new Map<string, Promise<CompiledGrammar>>();

  private constructor(
    private readonly library: typeof Library,
    private readonly compiler: GrammarCompiler,
  ) {}

  /** Loads the library (394 kB gzipped) and prepares the vocabulary: about 0.2 s for 151,552 tokens. */
  static async open({ tokens, stops }: GrammarVocabulary): Promise<GrammarMasks> {
    const library = await loadLibrary();
    const info = await library.TokenizerInfo.createTokenizerInfo(
      tokens,
      'byte_level',
      false,
      tokens.length,
      stops,
    );
    return new GrammarMasks(library, await library.GrammarCompiler.createGrammarCompiler(info));
  }

  /**
   * A matcher at the beginning of a text.
   * @param ebnf rules as `name ::= …`
   * @param start the rule that the text matches
   * @throws AppError bad-schema where the text is no grammar
   */
  async matcher(ebnf: string, start = 'root'): Promise<TokenMatcher> {
    const matcher = await this.library.GrammarMatcher.createGrammarMatcher(await this.compile(ebnf, start));
    return new Matcher(matcher);
  }

  private compile(ebnf: string, start: string): Promise<CompiledGrammar> {
    const known = this.compiled.get(ebnf);
    const compiled =
      known ??
      this.compiler.compileGrammar(ebnf, start).catch((error: unknown) => {
        this.compiled.delete(ebnf);
        throw badSchema('', `the grammar was refused (${messageOf(error)})`);
      });
    this.compiled.delete(ebnf);
    this.compiled.set(ebnf, compiled); // the latest comes last
    if (this.compiled.size > KEPT_GRAMMARS) {
      const [[oldest, dropped]] = this.compiled;
      this.compiled.delete(oldest);
      void dropped.then(
        (grammar) => grammar.dispose(),
        () => {},
      );
    }
    return compiled;
  }
}

/** C++ exceptions arrive as numbers without a text. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'syntax error';
}

class Matcher implements TokenMatcher {
  constructor(private readonly inner: GrammarMatcher) {}

  async mask(): Promise<Uint32Array<ArrayBuffer>> {
    const words = await this.inner.getNextTokenBitmask();
    return new Uint32Array(words); // the library reuses its memory
  }

  accept(id: number): boolean {
    return this.inner.acceptToken(id);
  }

  dispose(): void {
    this.inner.dispose();
  }
}
