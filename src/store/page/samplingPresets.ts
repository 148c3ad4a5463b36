// Named ways to choose the next token.
import type { SamplingOverrides } from '../answerSettings';

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
