// The sampling parameters, one row each: settings, records, the SDK, servers and the command line all read this table.

export interface SamplingParameter {
  /** Name in the OpenAI chat API, or in the extension that vLLM and llama.cpp share. */
  readonly api: string;
  /** Default unless a model recommends a value. */
  readonly default: number;
  /** The value that disables the parameter. */
  readonly off: number;
  /** Accepted values. */
  readonly min: number;
  readonly max: number;
  /** Range and step of the slider in the settings: the useful part of the accepted values. */
  readonly slider: { readonly min: number; readonly max: number; readonly step: number };
}

export const SAMPLING = {
  temperature: {
    api: 'temperature',
    default: 0.7,
    off: 1,
    min: 0,
    max: 2,
    slider: { min: 0, max: 2, step: 0.05 },
  },
  topP: { api: 'top_p', default: 0.9, off: 1, min: 0, max: 1, slider: { min: 0.05, max: 1, step: 0.05 } },
  // Bounded by the vocabulary size.
  topK: { api: 'top_k', default: 40, off: 0, min: 0, max: Infinity, slider: { min: 0, max: 200, step: 1 } },
  minP: { api: 'min_p', default: 0, off: 0, min: 0, max: 1, slider: { min: 0, max: 0.5, step: 0.01 } },
  repetitionPenalty: {
    api: 'repetition_penalty',
    default: 1,
    off: 1,
    min: 1,
    max: 2,
    slider: { min: 1, max: 2, step: 0.01 },
  },
} as const satisfies Record<string, SamplingParameter>;

export type SamplingName = keyof typeof SAMPLING;
export const SAMPLING_NAMES = Object.keys(SAMPLING) as readonly SamplingName[];

/** One value for each parameter. */
export function samplingValues(
  valueOf: (parameter: (typeof SAMPLING)[SamplingName], name: SamplingName) => number,
): Record<SamplingName, number> {
  const values = SAMPLING_NAMES.map((name) => [name, valueOf(SAMPLING[name], name)] as const);
  return Object.fromEntries(values) as Record<SamplingName, number>;
}

export const DEFAULT_SAMPLING = samplingValues((parameter) => parameter.default);
/** All parameters disabled: the model's own distribution. */
export const SAMPLING_OFF = samplingValues(({ off }) => off);
/** Always the most likely token. */
export const GREEDY_SAMPLING = { ...SAMPLING_OFF, temperature: 0 };
