import type { SamplingParams } from '../protocol/engine';
import type { AppState, SliceMaker } from './appStore';
import { currentChat } from './chatsSlice';
import { readPreferences, writePreferences } from './preferences';
import type { AnswerSettings, Preferences, SamplingOverrides } from './types';

export interface SettingsSlice {
  preferences: Preferences;
  setPreferences(change: Partial<Omit<Preferences, 'sampling'>>): void;
  /** Of the current chat where it has values of its own, else of all chats. */
  setSampling(change: SamplingOverrides): void;
  setAnswering(change: Partial<Omit<AnswerSettings, 'sampling'>>): void;
  /** All values of a preset; those it leaves out come from the model. */
  applyPreset(name: PresetName): void;
  /** Back to what the model recommends; language and theme stay. */
  resetSampling(): void;
  /** The current chat gets values of its own, beginning with those in force, or follows the defaults again. */
  setOwnSettings(own: boolean): void;
}

export const PRESETS = {
  precise: { temperature: 0.2, topP: 0.8 },
  balanced: {},
  creative: { temperature: 1, topP: 0.95 },
} as const satisfies Record<string, SamplingOverrides>;
export type PresetName = keyof typeof PRESETS;

/** The preset that these values are, if they are one. */
export function presetOf(sampling: SamplingOverrides): PresetName | null {
  const names = Object.keys(PRESETS) as PresetName[];
  const same = (preset: SamplingOverrides) => {
    const keys = new Set([...Object.keys(preset), ...Object.keys(sampling)] as (keyof SamplingOverrides)[]);
    return [...keys].every((key) => preset[key] === sampling[key]);
  };
  return names.find((name) => same(PRESETS[name])) ?? null;
}

type SettingsState = Pick<AppState, 'preferences' | 'chats' | 'currentId'>;

/** What somebody chose for a chat: its own values, or the defaults. */
export const answerSettings = (
  { preferences, chats, currentId }: SettingsState,
  chatId = currentId,
): AnswerSettings => {
  const own = chats[chatId]?.settings;
  // A chat of an earlier version has no policy of its own.
  return own ? { ...own, contextPolicy: own.contextPolicy ?? preferences.contextPolicy } : preferences;
};

/** Until a model says what it wants. */
const NEUTRAL_SAMPLING: Omit<SamplingParams, 'seed'> = {
  temperature: 0.7,
  topP: 0.9,
  topK: 40,
  minP: 0,
  repetitionPenalty: 1,
};

export const recommendedSampling = (state: Pick<AppState, 'model'>): Omit<SamplingParams, 'seed'> =>
  state.model.info?.sampling ?? NEUTRAL_SAMPLING;

/** What the next answer will use, but for a random seed. */
export const effectiveSampling = (
  state: SettingsState & Pick<AppState, 'model'>,
  chatId?: string,
): Omit<SamplingParams, 'seed'> => ({
  ...recommendedSampling(state),
  ...answerSettings(state, chatId).sampling,
});

export const createSettingsSlice: SliceMaker<SettingsSlice> = (set, get, { preferenceStorage }) => {
  const change = (next: Partial<Preferences>) => {
    const preferences = { ...get().preferences, ...next };
    set({ preferences });
    writePreferences(preferenceStorage, preferences);
  };
  /** To where the current chat's values come from. */
  const answering = (next: Partial<AnswerSettings>) => {
    const { settings } = currentChat(get());
    if (settings) get().setChatSettings({ ...settings, ...next });
    else change(next);
  };
  return {
    preferences: readPreferences(preferenceStorage),
    setPreferences: change,
    setSampling: (sampling) => answering({ sampling: { ...answerSettings(get()).sampling, ...sampling } }),
    setAnswering: answering,
    applyPreset: (name) => answering({ sampling: PRESETS[name] }),
    resetSampling: () => answering({ sampling: {}, seed: null, maxTokens: null }),
    setOwnSettings(own) {
      const { sampling, seed, maxTokens, contextPolicy } = answerSettings(get());
      get().setChatSettings(own ? { sampling, seed, maxTokens, contextPolicy } : undefined);
    },
  };
};
