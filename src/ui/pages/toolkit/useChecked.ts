import { useEffect, useState } from 'react';
import { AppError } from '../../../shared/errors';
import { checkFunction, type CheckedFunction, type UserFunction } from '../../../store';
import { functionOfDraft, type FunctionDraft } from './draft';

/** Pause of the typing after which a function is checked. */
const CHECK_AFTER_MS = 300;

export type Check =
  | { state: 'checking' }
  | { state: 'right'; checked: CheckedFunction }
  | { state: 'wrong'; where: string; why: string };

/** Checks a draft once; what is wrong names the place. */
export async function checkDraft(draft: FunctionDraft, before?: UserFunction): Promise<Check> {
  let made: unknown;
  try {
    made = functionOfDraft(draft, before);
  } catch (error) {
    return { state: 'wrong', where: 'parameters', why: (error as Error).message };
  }
  try {
    return { state: 'right', checked: await checkFunction(made, draft.name) };
  } catch (error) {
    const { where = '', why = (error as Error).message } = error instanceof AppError ? error.details : {};
    return { state: 'wrong', where: String(where).replace(/^the start\.?/, '') || 'name', why: String(why) };
  }
}

/** Follows a draft while it is written. `last`: as it was when it was last right. */
export function useChecked(
  draft: FunctionDraft,
  before?: UserFunction,
): { check: Check; last: CheckedFunction | undefined } {
  const [check, setCheck] = useState<Check>({ state: 'checking' });
  const [last, setLast] = useState<CheckedFunction>();
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      void checkDraft(draft, before).then((next) => {
        if (!current) return;
        setCheck(next);
        if (next.state === 'right') setLast(next.checked);
      });
    }, CHECK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [draft, before]);
  return { check, last };
}
