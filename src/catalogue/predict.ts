// Will it run, how fast, with how much context: the probe's measurements scaled to a model's shape.
import type { DeviceProbe } from '../protocol/engine';
import type { DiskNeed, GpuNeed } from './memory';
import type { CatalogueModel, ModelVariant } from './types';

/** Why a prediction is what it is; the UI has a sentence for each code. Bytes are bytes, speeds tokens per second. */
export type PredictionReason =
  /** Blocks: the GPU cannot hold it even with the smallest context. */
  | { code: 'gpu-memory'; neededBytes: number; availableBytes: number }
  /** Blocks this context, not the model: `contextTokens` fit. */
  | { code: 'context'; wantedTokens: number; contextTokens: number }
  /** Blocks: the browser grants less disk. */
  | { code: 'disk'; neededBytes: number; availableBytes: number }
  /** Runs, but slower than people read. */
  | { code: 'slow'; tokensPerSecond: number }
  /** No GPU: the browser computes on the processor. */
  | { code: 'software' }
  /** The probe stopped allocating by itself, so the GPU may hold more; the model needs more than was tried. */
  | { code: 'memory-untested'; neededBytes: number; testedBytes: number };

export interface Prediction {
  modelId: string;
  variantId: string;
  contextTokens: number;
  /** fits.gpu and fits.disk: it loads and answers, at whatever speed. */
  runs: boolean;
  fits: { gpu: boolean; disk: boolean };
  reasons: PredictionReason[];
  /** Decoding at the start of a chat; and with the context full. */
  tokensPerSecond: number;
  tokensPerSecondFull: number;
  prefillTokensPerSecond: number;
  /** The most context that fits, in steps of 1024, at most what the model was trained for; 0 when none does. */
  maxContextTokens: number;
  gpu: GpuNeed;
  disk: DiskNeed;
}

export function predict(
  _probe: DeviceProbe,
  _model: CatalogueModel,
  _variant: ModelVariant,
  _contextTokens: number,
): Prediction {
  throw new Error('stub');
}

export interface Suggestion {
  model: CatalogueModel;
  variant: ModelVariant;
  prediction: Prediction;
}

/** The best model that runs here at a bearable speed, with `contextTokens` of context; null when none does. */
export function suggest(
  _probe: DeviceProbe,
  _catalogue: readonly CatalogueModel[],
  _contextTokens?: number,
): Suggestion | null {
  throw new Error('stub');
}
