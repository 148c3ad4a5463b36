// From a chat to the ids of its prompt: answers as they were sampled, oldest turns left out where the context is full.
import { encodeChat, type EncodedChat } from '../../model/chatFormat';
import type { ModelFamily } from '../../model/modelFamily';
import type { ChatRequest, ChatTemplate } from '../../model/chatPieces';
import type { GenerateRequest, Part, ToolSpec } from '../../protocol/chat';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { AnswerMemory } from './answerMemory';
import { asFunctions } from '../../model/toolArgs';
import type { Fit } from './contextPolicy';
import { fitContext } from './contextPolicy';

/** Chats whose dropped turns are remembered. */
const MAX_CHATS = 64;

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
  encode(request: Pick<GenerateRequest, 'messages' | 'tools' | 'continue'>): EncodedChat {
    const { tokenizer, family, template, describeTools } = this;
    const { recall } = this.answers;
    const { messages, continue: continueLast } = request;
    const tools = this.toolsOf(request);
    return encodeChat({
      ...{ tokenizer, family, template, recall, messages, tools, describeTools, continueLast },
      addGenerationPrompt: true,
    });
  }

  /** The prompt for a request, as its context policy says. */
  fit(request: GenerateRequest, contextTokens: number): Fit {
    const { messages, maxTokens, contextPolicy: policy = 'drop-oldest' } = request;
    const key = JSON.stringify(messages.slice(0, 2));
    const fit = fitContext({
      messages,
      encode: (kept) => this.encode({ ...request, messages: kept }),
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
  remember({ ids, answerStart }: EncodedChat, answerIds: readonly number[], parts: readonly Part[]): void {
    const written = parts.slice(parts.findLastIndex(({ type }) => type === 'result') + 1);
    this.answers.remember({
      promptIds: ids.slice(0, answerStart),
      ids: [...ids.slice(answerStart), ...answerIds],
      parts: written,
    });
  }
}
