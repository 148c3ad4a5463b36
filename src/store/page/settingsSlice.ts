import type { SamplingParams } from '../../protocol/chat';
import type { AppState, SliceMaker } from '../appState';
import type { SettingsSlice } from './state';
import { currentChat } from '../chats/chatsSlice';
import { PRESETS } from './samplingPresets';
import { readPreferences, writePreferences } from './preferences';
import type { AnswerSettings, Preferences } from '../types';

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

const recommendedSampling = (state: Pick<AppState, 'model'>): Omit<SamplingParams, 'seed'> =>
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
