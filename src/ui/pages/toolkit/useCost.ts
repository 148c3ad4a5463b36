import { useEffect, useState } from 'react';
import type { UserFunction } from '../../../store';
import { useApp } from '../../useApp';

/** Tokens of these functions in every prompt; undefined while they cannot be counted. */
export function useCost(functions: readonly UserFunction[]): number | undefined {
  const costOfTool = useApp((s) => s.toolkit.costOfTool);
  const [tokens, setTokens] = useState<number>();
  useEffect(() => {
    let current = true;
    const counted = functions.map(({ name, description, parameters }) =>
      costOfTool({ type: 'function', name, description, parameters }),
    );
    void Promise.all(counted).then((counts) => {
      if (!current) return;
      const isCounted = counts.every((count): count is number => count !== undefined);
      setTokens(isCounted ? counts.reduce((sum, count) => sum + count, 0) : undefined);
    });
    return () => void (current = false);
  }, [functions, costOfTool]);
  return tokens;
}
