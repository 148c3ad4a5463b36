import { canAsk, currentDraft, type AppStore } from '../../../store';
import { focusComposer } from '../../shell/usePage';

/** A starter that ends with a colon waits in the message field for its text. */
export const isBeginning = (starter: string): boolean => /[:：]\s*$/.test(starter);

/**
 * The message field with a starter in it, in front of what was begun there.
 * @param others starters in the place of which it comes
 */
export const withStarter = (draft: string, starter: string, others: readonly string[] = []): string =>
  !draft.trim() || [starter, ...others].includes(draft) ? starter : `${starter.trimEnd()}\n\n${draft}`;

/** Asks a starter in the current chat; one that waits for its text, or for a model, goes into the message field. */
export function askStarter(store: AppStore, starter: string): void {
  const state = store.getState();
  if (!isBeginning(starter) && !state.turn && canAsk(state)) state.send(starter);
  else state.setDraft(withStarter(currentDraft(state), starter));
  focusComposer();
}
