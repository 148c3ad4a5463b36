// From a chat to the ids of its prompt: answers as they were sampled, oldest turns left out where the context is full.
import { encodeChat, type EncodedChat } from '../../model/chatFormat';
import type { ModelFamily } from '../../model/modelFamily';
import type { GenerateRequest, Part, Turn } from '../../protocol/chat';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { AnswerMemory } from './answerMemory';
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
  ) {}

  /** The prompt's ids. @throws AppError bad-metadata, text-only */
  encode(messages: readonly Turn[], continueLast = false): EncodedChat {
    const { tokenizer, family } = this;
    const { recall } = this.answers;
    return encodeChat({
      tokenizer,
      family,
      recall,
      messages,
      addGenerationPrompt: true,
      continueLast,
    });
  }

  /** The prompt for a request, as its context policy says. */
  fit(request: GenerateRequest, contextTokens: number): Fit {
    const { messages, maxTokens, contextPolicy: policy = 'drop-oldest' } = request;
    const key = JSON.stringify(messages.slice(0, 2));
    const fit = fitContext({
      messages,
      encode: (kept) => this.encode(kept, request.continue),
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
