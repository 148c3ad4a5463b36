import type { SamplingParams } from '../protocol/engine';
import type { AppState, SliceMaker } from './appStore';
import { readPreferences, writePreferences } from './preferences';
import type { Preferences, SamplingOverrides } from './types';

export interface SettingsSlice {
  preferences: Preferences;
  setPreferences(change: Partial<Omit<Preferences, 'sampling'>>): void;
  setSampling(change: SamplingOverrides): void;
  /** Back to what the model recommends; language and theme stay. */
  resetSampling(): void;
}

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
  state: Pick<AppState, 'model' | 'preferences'>,
): Omit<SamplingParams, 'seed'> => ({ ...recommendedSampling(state), ...state.preferences.sampling });

export const createSettingsSlice: SliceMaker<SettingsSlice> = (set, get, { preferenceStorage }) => {
  const change = (next: Partial<Preferences>) => {
    const preferences = { ...get().preferences, ...next };
    set({ preferences });
    writePreferences(preferenceStorage, preferences);
  };
  return {
    preferences: readPreferences(preferenceStorage),
    setPreferences: change,
    setSampling: (sampling) => change({ sampling: { ...get().preferences.sampling, ...sampling } }),
    resetSampling: () => change({ sampling: {}, seed: null, maxTokens: null }),
  };
};
