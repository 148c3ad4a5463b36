// How answers are made and which model made one: types and constants that all houses of the store share.
import type { ContextPolicy, SamplingParams } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import { DEFAULT_SAMPLING } from '../shared/sampling';

/** Sampling parameters with a value each; the seed belongs to an answer. */
export type FullSampling = Omit<SamplingParams, 'seed'>;
export type SamplingOverrides = Partial<FullSampling>;

export const CONTEXT_POLICIES = ['drop-oldest', 'ask', 'stop'] as const satisfies readonly ContextPolicy[];

/** How answers are made, as far as the user chose. */
export interface AnswerSettings {
  /** Only what was changed; the rest comes from the model. */
  sampling: SamplingOverrides;
  /** null: a new one for every answer. */
  seed: number | null;
  /** null: until the context is full. */
  maxTokens: number | null;
  /** When the chat outgrows the context. */
  contextPolicy: ContextPolicy;
}

/** The settings of a chat: its own, or the defaults. */
export const settingsOf = (defaults: AnswerSettings, own: AnswerSettings | undefined): AnswerSettings =>
  // A chat of an earlier version has no policy of its own.
  own ? { ...own, contextPolicy: own.contextPolicy ?? defaults.contextPolicy } : defaults;

/** Sampling parameters of an answer: what the model recommends, overridden by what the user chose. */
export const samplingOf = (model: ModelInfo | null, { sampling }: AnswerSettings): FullSampling => ({
  ...(model?.sampling ?? DEFAULT_SAMPLING),
  ...sampling,
});

/** A model as a chat and an answer remember it. */
export type KnownModel = Pick<ModelInfo, 'id' | 'name' | 'origin'>;

/** A server of the settings that answers a chat, and one of its models. */
export interface ChatServer {
  id: string;
  /** Shown when the server has been removed. */
  name: string;
  model: string;
}
