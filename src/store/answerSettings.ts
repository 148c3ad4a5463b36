// How answers are made and which model made one: types and constants that all houses of the store share.
import type { AnswerFormat, ContextPolicy, SamplingParams } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import { DEFAULT_SAMPLING } from '../shared/sampling';
import { isEffort, THINKING_TOKENS, type ThinkingEffort } from '../shared/thinking';

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
  /** Most tokens of a picture, which is made smaller for it; missing: the engine's default. */
  pictureTokens?: number;
  /** Names of the tools that are on; missing: all but those that wait for a person's choice. */
  tools?: string[];
  /** Search before every answer, and cite. */
  searchFirst?: boolean;
  /** The form of answers; they have no calls then. */
  format?: AnswerFormat;
  /** How much a model that reasons thinks before it answers; missing: as much as it likes. */
  thinking?: ThinkingEffort;
}

export { THINKING_TOKENS, type ThinkingEffort };

/** The budget of the settings, as a request has it. */
export const thinkingTokens = ({ thinking }: { thinking?: ThinkingEffort }) =>
  thinking && { thinkingTokens: THINKING_TOKENS[thinking] };

/** An effort, from a place that may be damaged. */
export const readThinking = (value: unknown): { thinking?: ThinkingEffort } =>
  isEffort(value) ? { thinking: value } : {};

/** A list of names under this key, from a place that may be damaged; nothing where it is none. */
export const readNames = <Key extends string>(key: Key, value: unknown): Partial<Record<Key, string[]>> =>
  Array.isArray(value)
    ? ({ [key]: value.filter((name) => typeof name === 'string') } as Record<Key, string[]>)
    : {};

/** The form of answers, from a place that may be damaged. */
export function readFormat(value: unknown): { format?: AnswerFormat } {
  if (typeof value !== 'object' || value === null) return {};
  const { kind, schema, pattern, options, grammar } = value as Record<string, unknown>;
  if (kind === 'schema' && schema !== undefined) return { format: { kind, schema } };
  if (kind === 'regex' && typeof pattern === 'string') return { format: { kind, pattern } };
  if (kind === 'ebnf' && typeof grammar === 'string') return { format: { kind, grammar } };
  const { options: texts } = readNames('options', options);
  return kind === 'choice' && texts ? { format: { kind, options: texts } } : {};
}

/** The settings of a chat: its own, or the defaults. */
export const settingsOf = (defaults: AnswerSettings, own: AnswerSettings | undefined): AnswerSettings =>
  // A chat of an earlier version has no policy of its own.
  own ? { ...own, contextPolicy: own.contextPolicy ?? defaults.contextPolicy } : defaults;

/** Settings as a chat may have its own, without the preferences around the defaults. */
export const ownSettings = ({
  sampling,
  seed,
  maxTokens,
  contextPolicy,
  pictureTokens,
  tools,
  searchFirst,
  format,
  thinking,
}: AnswerSettings): AnswerSettings => ({
  ...{ sampling, seed, maxTokens, contextPolicy },
  ...(pictureTokens && { pictureTokens }),
  ...(tools && { tools }),
  ...(searchFirst && { searchFirst }),
  ...(format && { format }),
  ...(thinking && { thinking }),
});

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
