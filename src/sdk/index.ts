// Entry of the library (npm run build:lib): what other programs import.
import { createEngineClient } from '../client/engineClient';
import { createGlmOver, type Glm } from './glm';

/** Starts the engine in a worker of its own. Nothing is loaded yet. */
export function createGlm(): Glm {
  const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
  return createGlmOver(createEngineClient(worker));
}

export { createEngineClient, createGlmOver };
export { AppError, type ErrorCode, type ErrorDetails } from '../shared/errors';
export type { Glm, GlmLoadOptions } from './glm';
export type * from './completionTypes';
export type * from './languageModel';
export type { EngineClient } from '../client/engineClient';
export type * from '../protocol/bench';
export type * from '../protocol/calls';
export type * from '../protocol/chat';
export type * from '../protocol/device';
export type * from '../protocol/models';
