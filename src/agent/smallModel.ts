// What a small model is spared: it reads little of a long prompt.
import type { ModelInfo } from '../protocol/models';
import { nearest } from '../tools/pick';
import type { ReadyTool } from '../tools/registry';

/** Nano has nine million parameters, the smallest GLM a billion and a half. */
const SMALL_PARAMETERS = 1e8;
/** Functions that a small model is told of. */
export const FEW = 3;
/** Observations of a small model are cut as if its context were this long. */
const SMALL_CONTEXT = 1200;

type Sized = Partial<Pick<ModelInfo, 'parameters'>> | null;

/** Whether a model on this computer is told of few functions at once, and reads short results. */
export const isSmall = (info: Sized): boolean => (info?.parameters ?? Infinity) < SMALL_PARAMETERS;

/** What a model is told of: all tools; a small one GLM-4's own, and the functions nearest to the question. */
export function toolsFor(info: Sized, all: readonly ReadyTool[], question: string): ReadyTool[] {
  const functions = all.filter(({ spec }) => spec.type === 'function');
  if (!isSmall(info) || functions.length <= FEW) return [...all];
  const few = new Set(nearest(functions, question, { most: FEW, describe: ({ spec }) => spec }));
  return all.filter((tool) => tool.spec.type !== 'function' || few.has(tool));
}

/** Tokens of the context, as far as results may fill it. */
export const readableContext = (info: Sized, contextTokens: number): number =>
  isSmall(info) ? Math.min(contextTokens, SMALL_CONTEXT) : contextTokens;

/** Who writes the queries of a search before the answer: a small model cannot, so the question is searched for. */
export const queriesBy = (info: Sized): 'model' | 'question' => (isSmall(info) ? 'question' : 'model');
