// Will it run, how fast, with how much context: the probe's measurements scaled to a model's shape.
import type { DeviceProbe } from '../protocol/device';
import type { DiskNeed, GpuNeed } from './memory';
import { CHUNK_LAYER_MS, MAX_CHUNK_TOKENS, MIN_CHUNK_TOKENS } from '../shared/passLimits';
import { automaticContext, diskNeed, gpuNeed, kvBytesPerToken } from './memory';
import { recommendedVariant } from './models';
import { layerWeights, packedSizes } from './packing';
import type { CatalogueModel, ModelVariant } from './types';
import { NINE_B } from './variants';

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
  /** It fits GPU and disk, as far as was tested: it loads and answers, at whatever speed. */
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

/** About as fast as people read; below it a prediction says so. */
export const COMFORTABLE_TOKENS_PER_SECOND = 5;
const CONTEXT_STEP = 1024;
/** Submit, readback and event handling of a step, where the probe did not measure it. */
const DEFAULT_STEP_MS = 3;

/**
 * Scales the probe's layer and head to the model.
 *
 *   busy ms   = L · layer · s(layer) + head · s(head)
 *   decode ms = max(step, busy) on a GPU, which has a step in flight while one is read back; step + busy in software
 *   at S positions: + L · kv(S) bytes at the layer's ms per byte
 *
 * s is the ratio of bytes read on a GPU, where decoding waits for memory, and the ratio of weights on a software
 * adapter, which counts instructions. The cache's bytes cost what weight bytes cost. Prefill takes the chunk that the
 * engine would choose: as many tokens as a layer computes in CHUNK_LAYER_MS, between one (which runs like a decode step) and the probe's chunk
 * on a straight line, and beyond that at the probe's pace.
 *
 * Error: held against the bench of a two-layer GLM-4-9B on SwiftShader and lavapipe, five pairs were off by 1 to 27 %,
 * one by 81 % (src/catalogue/README.md); the machine was busy, and no GPU was at hand. Formats with minimums or 8 bits
 * unpack at another pace than q4 and were not measured. GLM-Edge's smaller matrices fill a large GPU less well: there
 * it promises too much. Heat and battery are not in it.
 * @param wantedTokens of context; default what the engine would take
 */
export function predict(
  probe: DeviceProbe,
  model: CatalogueModel,
  variant: ModelVariant,
  wantedTokens = engineContext(probe, model, variant),
): Prediction {
  const context = Math.min(wantedTokens, model.trainedContextTokens);
  const gpu = gpuNeed(model, variant, context);
  const disk = diskNeed(variant);
  const speed = speedOf(probe, model, variant, context);
  const maxContextTokens = maxContext(probe, model, variant);
  const availableDisk = Math.max(0, probe.storage.quotaBytes - probe.storage.usageBytes);
  const smallest = gpuNeed(model, variant, Math.min(CONTEXT_STEP, model.trainedContextTokens));
  const tested = (bytes: number) => bytes <= probe.allocatableBytes;
  const fits = {
    gpu: tested(gpu.totalBytes) || probe.allocationCapped,
    disk: probe.storage.quotaBytes === 0 || disk.totalBytes <= availableDisk, // 0: the browser does not say
  };
  const reasons: PredictionReason[] = [];
  const { allocatableBytes: availableBytes } = probe;
  if (!fits.gpu && !tested(smallest.totalBytes))
    reasons.push({ code: 'gpu-memory', neededBytes: smallest.totalBytes, availableBytes });
  else if (!fits.gpu)
    reasons.push({ code: 'context', wantedTokens: context, contextTokens: maxContextTokens });
  else if (!tested(gpu.totalBytes))
    reasons.push({ code: 'memory-untested', neededBytes: gpu.totalBytes, testedBytes: availableBytes });
  if (!fits.disk) reasons.push({ code: 'disk', neededBytes: disk.totalBytes, availableBytes: availableDisk });
  if (probe.device.software) reasons.push({ code: 'software' });
  if (speed.tokensPerSecond < COMFORTABLE_TOKENS_PER_SECOND)
    reasons.push({ code: 'slow', tokensPerSecond: speed.tokensPerSecond });
  return {
    modelId: model.id,
    variantId: variant.id,
    contextTokens: context,
    runs: fits.gpu && fits.disk,
    fits,
    reasons,
    ...speed,
    maxContextTokens,
    gpu,
    disk,
  };
}

/** A limit at which the probe stopped by itself is none to the engine. */
function engineContext(probe: DeviceProbe, { shape }: CatalogueModel, { packedBytes }: ModelVariant): number {
  return automaticContext({
    kvBytesPerToken: kvBytesPerToken(shape),
    weightBytes: packedBytes,
    allocatableBytes: probe.allocationCapped ? undefined : probe.allocatableBytes,
  });
}

function speedOf(
  probe: DeviceProbe,
  { shape }: CatalogueModel,
  variant: ModelVariant,
  contextTokens: number,
): Pick<Prediction, 'tokensPerSecond' | 'tokensPerSecondFull' | 'prefillTokensPerSecond'> {
  const { layer, head, device } = probe;
  const sizes = packedSizes(shape, variant.mix);
  const weightsOfHead = shape.vocabSize * shape.hiddenSize;
  const layerRatio = device.software
    ? (shape.numLayers * layerWeights(shape)) / layerWeights(NINE_B)
    : sizes.layersBytes / layer.weightBytes;
  const headRatio = device.software
    ? weightsOfHead / (NINE_B.vocabSize * NINE_B.hiddenSize)
    : sizes.headBytes / head.weightBytes;
  const stepMs = probe.stepMs ?? DEFAULT_STEP_MS;
  const headMs = headRatio * head.decodeMs;
  const busyMs = layerRatio * layer.decodeMs + headMs;
  // A GPU works on the next step while this one is read back; a software adapter is given no step ahead.
  const decodeMs = device.software ? stepMs + busyMs : Math.max(stepMs, busyMs);
  const cacheMs = (contextTokens * kvBytesPerToken(shape) * layer.decodeMs) / layer.weightBytes;
  // Prefill multiplies, whatever the format: weights count, not bytes.
  const prefillRatio = (shape.numLayers * layerWeights(shape)) / layerWeights(NINE_B);
  const oneMs = stepMs + prefillRatio * layer.decodeMs;
  const chunkMs = stepMs + prefillRatio * layer.prefillMs;
  const kind = device.software ? 'software' : 'hardware';
  return {
    tokensPerSecond: 1000 / decodeMs,
    tokensPerSecondFull: 1000 / (decodeMs + cacheMs),
    prefillTokensPerSecond: prefillSpeed({
      oneMs,
      chunkMs,
      chunkTokens: layer.prefillTokens,
      max: MAX_CHUNK_TOKENS[kind],
      aimMs: CHUNK_LAYER_MS[kind] * shape.numLayers,
    }),
  };
}

/** Tokens per second of the largest power of two of tokens that takes at most `aimMs`. */
function prefillSpeed({ oneMs, chunkMs, chunkTokens, max, aimMs }: Record<string, number>): number {
  const perToken = chunkTokens > 1 ? Math.max(0, chunkMs - oneMs) / (chunkTokens - 1) : oneMs;
  const msOf = (tokens: number) =>
    tokens <= chunkTokens ? oneMs + perToken * (tokens - 1) : (chunkMs / chunkTokens) * tokens;
  let tokens = MIN_CHUNK_TOKENS;
  while (tokens * 2 <= max && msOf(tokens * 2) <= aimMs) tokens *= 2;
  return (1000 * tokens) / msOf(tokens);
}

/** The largest multiple of 1024 that fits what was tested. */
function maxContext(probe: DeviceProbe, model: CatalogueModel, variant: ModelVariant): number {
  const base = gpuNeed(model, variant, 0).totalBytes;
  const perToken = gpuNeed(model, variant, 1).totalBytes - base;
  const fitting = Math.floor((probe.allocatableBytes - base) / perToken / CONTEXT_STEP) * CONTEXT_STEP;
  return Math.min(model.trainedContextTokens, Math.max(0, fitting));
}

export interface Suggestion {
  model: CatalogueModel;
  variant: ModelVariant;
  prediction: Prediction;
}

/**
 * The first model of the catalogue that surely fits and decodes at a comfortable speed; else the fastest that surely
 * fits; else, where the probe stopped before the memory ended, the one that needs least; null when nothing can run.
 * Specialists are left to people. A variant that does not fit gives way to one of the same model that does.
 * @param wantedTokens of context; default what the engine would take
 */
export function suggest(
  probe: DeviceProbe,
  catalogue: readonly CatalogueModel[],
  wantedTokens?: number,
): Suggestion | null {
  const forms = catalogue
    .filter((model) => !model.specialist)
    .map((model) => {
      const best = recommendedVariant(model);
      const variants = [best, ...model.variants.filter((variant) => variant !== best)];
      return variants
        .map((variant): Suggestion => ({
          model,
          variant,
          prediction: predict(probe, model, variant, wantedTokens),
        }))
        .filter(({ prediction }) => prediction.runs);
    });
  const isTested = ({ prediction }: Suggestion) =>
    prediction.reasons.every(({ code }) => code !== 'memory-untested');
  const tested = forms.flatMap((variants) => variants.find(isTested) ?? []);
  const untested = forms.flatMap(([first]) => first ?? []);
  const speed = ({ prediction }: Suggestion) => prediction.tokensPerSecond;
  const need = ({ prediction }: Suggestion) => prediction.gpu.totalBytes;
  return (
    tested.find((one) => speed(one) >= COMFORTABLE_TOKENS_PER_SECOND) ??
    tested.sort((a, b) => speed(b) - speed(a))[0] ??
    untested.sort((a, b) => need(a) - need(b))[0] ??
    null
  );
}
