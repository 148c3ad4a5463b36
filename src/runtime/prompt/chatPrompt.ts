// From a chat to the ids of its prompt: answers as they were sampled, oldest turns left out where the context is full.
import { encodeChat, encodeOwn, type EncodedChat } from '../../model/chatFormat';
import type { ModelFamily } from '../../model/modelFamily';
import { startWithoutThought, thoughtEnd, type ChatRequest, type ChatTemplate } from '../../model/chatPieces';
import type { GenerateRequest, ImagePart, Part, ToolSpec } from '../../protocol/chat';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { embeddedIds, type EmbeddedSpan } from '../kv/embeddedSpan';
import { AppError } from '../../shared/errors';
import { AnswerMemory } from './answerMemory';
import { asFunctions } from '../../model/toolArgs';
import type { Fit } from './contextPolicy';
import { fitContext } from './contextPolicy';

/** Chats whose dropped turns are remembered. */
const MAX_CHATS = 64;

/** What stands for the pictures of a request: see src/runtime/eyes/sight.ts. */
export type PictureRows = ReadonlyMap<ImagePart, Omit<EmbeddedSpan, 'start'>>;

/** The prompts of one loaded model. */
export class ChatPrompts {
  private readonly answers = new AnswerMemory();
  /** Turns left out, by the beginning of the chat: they stay out, so that the rest stays in the KV cache. */
  private readonly dropped = new Map<string, number>();

  constructor(
    private readonly tokenizer: Tokenizer,
    readonly family: ModelFamily,
    /** The file's chat template. */
    readonly template?: ChatTemplate,
    /** For the family's own format. */
    private readonly describeTools?: ChatRequest['describeTools'],
  ) {}

  /** Whether the model is told of tools. */
  get knowsTools(): boolean {
    const { template, family } = this;
    const { answerStart, tools } = family.format;
    // A prompt that ends the header leaves no place for a tool's name.
    if (template?.style.calls !== 'tagged' && !family.thinks && answerStart.endsWith('\n')) return false;
    return tools !== undefined || (template !== undefined && template.style.tools !== 'none');
  }

  /** The model may reason before it answers. */
  get thinks(): boolean {
    return this.family.thinks || this.template?.withoutThought !== undefined;
  }

  /** The request wants no reasoning, from a model that has it. */
  private isWithoutThought({ thinkingTokens, format }: ThinkingRequest): boolean {
    // The form of an answer leaves no place for a thought.
    return this.thinks && (thinkingTokens === 0 || format !== undefined);
  }

  /** What the prompt of a request ends with, behind `<|assistant|>`. */
  answerStart(request: ThinkingRequest): string {
    return this.isWithoutThought(request) ? startWithoutThought(this) : this.family.format.answerStart;
  }

  /** The prompt of a request ends inside the reasoning, or behind it. */
  thoughtAt(request: ThinkingRequest): { thinks: boolean; afterThought: boolean } {
    const isOver = this.answerStart(request).includes('</think>');
    return { thinks: this.family.thinks && !isOver, afterThought: isOver };
  }

  /** Ids that end a thought. */
  get thoughtEnd(): number[] {
    return encodeOwn(this.tokenizer, thoughtEnd(this));
  }

  /** Calls stand in `<tool_call>`. */
  get taggedCalls(): boolean {
    return this.template?.style.calls === 'tagged';
  }

  /** GLM-4's own tools that the prompt describes as functions. */
  get asFunctions(): ReadonlySet<string> {
    const { template, family } = this;
    if (!template || template.style.tools === 'none') return asFunctions(family.format.tools);
    return asFunctions(template.style.builtIn);
  }

  /** The tools that the prompt and the parser of an answer know. */
  toolsOf({ tools }: Pick<GenerateRequest, 'tools'>): readonly ToolSpec[] | undefined {
    return this.knowsTools && tools && tools.length > 0 ? tools : undefined;
  }

  /** The prompt's ids. @throws AppError bad-metadata, text-only */
  encode(request: PromptRequest, pictures?: PictureRows): EncodedChat {
    const { tokenizer, family, template, describeTools } = this;
    const { recall } = this.answers;
    const { messages, continue: continueLast } = request;
    const tools = this.toolsOf(request);
    const pictureIds = pictures && ((part: ImagePart) => embeddedIds(rowsOf(pictures, part)));
    return encodeChat({
      ...{ tokenizer, family, template, recall, messages, tools, describeTools, continueLast, pictureIds },
      withoutThought: this.isWithoutThought(request),
      addGenerationPrompt: true,
    });
  }

  /** The prompt for a request, as its context policy says. */
  fit(request: GenerateRequest, contextTokens: number, pictures?: PictureRows): Fit {
    const { messages, maxTokens, contextPolicy: policy = 'drop-oldest' } = request;
    const key = JSON.stringify(messages.slice(0, 2));
    const fit = fitContext({
      messages,
      encode: (kept) => this.encode({ ...request, messages: kept }, pictures),
      alreadyDropped: this.dropped.get(key) ?? 0,
      maxTokens,
      policy,
      contextTokens,
    });
    this.dropped.delete(key);
    if (fit.droppedTurns > 0) this.dropped.set(key, fit.droppedTurns);
    if (this.dropped.size > MAX_CHATS) this.dropped.delete([...this.dropped.keys()][0]);
    return fit;
  }

  /**
   * What the model wrote, for the next prompt.
   * @param prompt of the request
   * @param answerIds without the token that ended the answer
   * @param parts of the answer since the last result, those of its beginning included
   */
  remember(
    { ids, answerStart }: Pick<EncodedChat, 'ids' | 'answerStart'>,
    answerIds: readonly number[],
    parts: readonly Part[],
  ): void {
    const written = parts.slice(parts.findLastIndex(({ type }) => type === 'result') + 1);
    this.answers.remember({
      promptIds: ids.slice(0, answerStart),
      ids: [...ids.slice(answerStart), ...answerIds],
      parts: written,
    });
  }
}

type ThinkingRequest = Pick<GenerateRequest, 'thinkingTokens' | 'format'>;
type PromptRequest = Pick<GenerateRequest, 'messages' | 'tools' | 'continue'> & ThinkingRequest;

function rowsOf(pictures: PictureRows, part: ImagePart): Omit<EmbeddedSpan, 'start'> {
  const rows = pictures.get(part);
  if (rows) return rows;
  throw new AppError('bug', 'A picture of the prompt was not looked at.');
}

/** The embedded rows of a prompt. */
export function spansOf(
  { pictures = [] }: Pick<EncodedChat, 'pictures'>,
  rows: PictureRows | undefined,
): EmbeddedSpan[] {
  return pictures.map(({ start, part }) => ({ ...rowsOf(rows ?? new Map(), part), start }));
}
