// Answers as the model gave them. A chat's history comes back as parts, and their text does not always become the same
// tokens.
import type { Recall } from '../../model/chatPieces';
import type { Part } from '../../protocol/chat';

/** Answers remembered; older ones are encoded like any text. */
const MAX_ANSWERS = 64;

export interface RememberedAnswer {
  /** Everything before the answer. */
  promptIds: readonly number[];
  /** What the model sampled, without the token that ended it. */
  ids: readonly number[];
  /** What the parser made of it. */
  parts: readonly Part[];
}

/**
 * Puts remembered answers in the place of their texts in a prompt: then the KV cache, which holds the tokens that were
 * sampled, serves the next turn whole. The text is the same either way.
 */
export class AnswerMemory {
  private readonly answers: (RememberedAnswer & { key: string })[] = [];

  remember(answer: RememberedAnswer): void {
    if (answer.ids.length === 0) return;
    this.answers.push({ ...answer, key: keyOf(answer.parts) });
    if (this.answers.length > MAX_ANSWERS) this.answers.shift();
  }

  /** The ids of an answer with these parts to this prompt, the latest one. */
  readonly recall: Recall = (promptIds, parts) => {
    const key = keyOf(parts);
    return this.answers.findLast(
      (answer) =>
        answer.promptIds.length === promptIds.length &&
        answer.key === key &&
        answer.promptIds.every((id, i) => id === promptIds[i]),
    )?.ids;
  };
}

/** What the model wrote, without what was added to it: states, times, ids. */
function keyOf(parts: readonly Part[]): string {
  return JSON.stringify(
    parts.map((part) => {
      if (part.type === 'call') return [part.type, part.tool, part.args];
      return part.type === 'text' || part.type === 'thought' ? [part.type, part.text] : [part.type];
    }),
  );
}
