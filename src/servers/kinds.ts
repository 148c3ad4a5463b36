// What is known of kinds of servers.
import { AppError } from '../shared/errors';

/** Derived from `owned_by` of the server's models; 'other' is limited to the OpenAI API. */
export type ServerKind = 'llamacpp' | 'vllm' | 'sglang' | 'other';

/** Whether the server can continue a partial answer; others would begin a new one. */
export const continuesAnswers = (kind: ServerKind): boolean => kind !== 'other';

/**
 * Tools are sent without being chosen. llama.cpp accepts them for every model: one whose template has no tools is then
 * held to JSON, which small models do not survive.
 */
export const takesToolsUnasked = (kind: ServerKind): boolean => kind !== 'llamacpp';

/** Statuses with which servers refuse a request that they do not understand. */
const REFUSALS = [400, 404, 405, 422, 500, 501];

/** The server answers, but not to requests with tools. */
export const refusesTools = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code === 'server-error' &&
  REFUSALS.includes(Number(error.details.status)) &&
  /tool|function|jinja/i.test(String(error.details.why));

/** The server answers, but not to requests that say how much to think. */
export const refusesThinking = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code === 'server-error' &&
  REFUSALS.includes(Number(error.details.status)) &&
  /think|reason|template_kwargs/i.test(String(error.details.why));

/** llama.cpp tells this in place of an answer when its parser of calls does not understand what the model wrote. */
export const losesCalls = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code === 'server-error' &&
  /does not match the expected \S+ format/.test(String(error.details.why));
