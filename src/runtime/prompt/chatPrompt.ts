// From a chat to the ids of its prompt: answers as they were sampled, oldest turns left out where the context is full.
import { encodeChat } from '../../model/chatFormat';
import type { ModelFamily } from '../../model/modelFamily';
import type { ChatTurn, GenerateRequest } from '../../protocol/chat';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { AnswerMemory } from './answerMemory';
import type { Fit } from './contextPolicy';
import { fitContext } from './contextPolicy';

/** Chats whose dropped turns are remembered. */
const MAX_CHATS = 64;

/** The prompts of one loaded model. */
export class ChatPrompts {
  private readonly answers: AnswerMemory;
  /** Turns left out, by the beginning of the chat: they stay out, so that the rest stays in the KV cache. */
  private readonly dropped = new Map<string, number>();

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly family: ModelFamily,
  ) {
    this.answers = new AnswerMemory(tokenizer);
  }

  /** The prompt's ids. @throws AppError bad-metadata */
  encode(messages: ChatTurn[], continueLast = false): number[] {
    const { tokenizer, family } = this;
    return encodeChat({ tokenizer, family, messages, addGenerationPrompt: true, continueLast });
  }

  /** The prompt for a request, as its context policy says. */
  fit(request: GenerateRequest, contextTokens: number): Fit {
    const { messages, maxTokens, contextPolicy: policy = 'drop-oldest' } = request;
    const key = JSON.stringify(messages.slice(0, 2));
    const fit = fitContext({
      encode: (kept) => this.answers.recall(this.encode(kept, request.continue)),
      alreadyDropped: this.dropped.get(key) ?? 0,
      ...{ messages, maxTokens, policy, contextTokens },
    });
    this.dropped.delete(key);
    if (fit.droppedTurns > 0) this.dropped.set(key, fit.droppedTurns);
    if (this.dropped.size > MAX_CHATS) this.dropped.delete([...this.dropped.keys()][0]);
    return fit;
  }

  /** What the prompt's end already says of the answer, such as '<think>\n': it belongs to its text. */
  opening(request: GenerateRequest): string {
    return request.continue ? '' : this.family.format.answerStart.trimStart();
  }

  /** What the model answered to a prompt, without the token that ended it. */
  remember(promptIds: number[], answerIds: number[]): void {
    this.answers.remember(promptIds, answerIds);
  }
}
