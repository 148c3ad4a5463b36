import type { SamplingParams } from '../../protocol/chat';
import type { AppState, SliceMaker } from '../appState';
import type { SettingsSlice } from './state';
import { currentChat } from '../chats/chatsSlice';
import { PRESETS } from './samplingPresets';
import { readPreferences, writePreferences } from './preferences';
import type { AnswerSettings } from '../answerSettings';
import type { Preferences } from './types';

type SettingsState = Pick<AppState, 'preferences' | 'chats' | 'currentId'>;

/** The settings of a chat: its own, or the defaults. */
export const settingsOf = (defaults: AnswerSettings, own: AnswerSettings | undefined): AnswerSettings =>
  // A chat of an earlier version has no policy of its own.
  own ? { ...own, contextPolicy: own.contextPolicy ?? defaults.contextPolicy } : defaults;

/** The settings of one of the chats, by default of the current one. */
export const answerSettings = (
  { preferences, chats, currentId }: SettingsState,
  chatId = currentId,
): AnswerSettings => {
  return settingsOf(preferences, chats[chatId]?.settings);
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

/** Sampling parameters of an answer: what a person chose over what the model recommends. */
export const samplingOf = (
  state: Pick<AppState, 'model' | 'preferences'>,
  own: AnswerSettings | undefined,
): Omit<SamplingParams, 'seed'> => ({
  ...recommendedSampling(state),
  ...settingsOf(state.preferences, own).sampling,
});

/** Sampling parameters of the next answer. */
export const effectiveSampling = (
  state: SettingsState & Pick<AppState, 'model'>,
  chatId?: string,
): Omit<SamplingParams, 'seed'> => samplingOf(state, state.chats[chatId ?? state.currentId]?.settings);

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
