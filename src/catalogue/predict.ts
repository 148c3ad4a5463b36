// Predicts fit, speed and context of a model by scaling the probe's measurements to its shape.
import { COMFORTABLE_TOKENS_PER_SECOND } from './comfort';
import type { DeviceProbe } from '../protocol/device';
import type { DiskNeed, GpuNeed } from './memory';
import { CHUNK_LAYER_MS, MAX_CHUNK_TOKENS, MIN_CHUNK_TOKENS } from '../shared/passLimits';
import { automaticContext, diskNeed, gpuNeed, kvBytesPerToken } from './memory';
import { recommendedVariant } from './models';
import { layerWeights, packedSizes } from './packing';
import type { CatalogueModel, ModelVariant } from './types';
import { NINE_B } from './variants';

/** Reasons for a prediction; the UI translates each code. Sizes in bytes, speeds in tokens per second. */
export type PredictionReason =
  /** Blocking: the GPU cannot hold the model even with the smallest context. */
  | { code: 'gpu-memory'; neededBytes: number; availableBytes: number }
  /** Blocks this context, not the model: `contextTokens` would fit. */
  | { code: 'context'; wantedTokens: number; contextTokens: number }
  /** Blocking: the browser grants less disk space. */
  | { code: 'disk'; neededBytes: number; availableBytes: number }
  /** Runs, but below reading speed. */
  | { code: 'slow'; tokensPerSecond: number }
  /** No GPU: the browser computes on the CPU. */
  | { code: 'software' }
  /** The probe stopped allocating at its own limit, so the GPU may hold more; the model needs more than was tested. */
  | { code: 'memory-untested'; neededBytes: number; testedBytes: number };

export interface Prediction {
  modelId: string;
  variantId: string;
  contextTokens: number;
  /** True if the model fits GPU and disk, as far as tested. Says nothing about speed. */
  runs: boolean;
  fits: { gpu: boolean; disk: boolean };
  reasons: PredictionReason[];
  /** Decoding speed at the start of a chat, and with a full context. */
  tokensPerSecond: number;
  tokensPerSecondFull: number;
  prefillTokensPerSecond: number;
  /** The largest context that fits, in steps of 1024, up to the trained context; 0 if none fits. */
  maxContextTokens: number;
  gpu: GpuNeed;
  disk: DiskNeed;
}

const CONTEXT_STEP = 1024;
/** Submit, readback and event handling of one step, if the probe did not measure them. */
const DEFAULT_STEP_MS = 3;

/**
 * Scales the probe's layer and head to the model.
 *
 *   busy ms   = L · layer · s(layer) + head · s(head)
 *   decode ms = max(step, busy) on a GPU, which has a step in flight while one is read back; step + busy in software
 *   at S positions: + L · kv(S) bytes at the layer's ms per byte
 *
 * s is the ratio of bytes read on a GPU, where decoding is memory-bound, and the ratio of weights on a software
 * adapter, which is compute-bound. A byte of the KV cache costs as much as a byte of weights. Prefill uses the chunk
 * size that the engine would choose: as many tokens as a layer computes in CHUNK_LAYER_MS. Its time is interpolated
 * linearly between one token (as a decode step) and the probe's chunk; beyond that, the probe's speed applies.
 *
 * Error: compared with the bench of a two-layer GLM-4-9B on SwiftShader and lavapipe, five pairs were off by 1 to 27 %,
 * one by 81 % (src/catalogue/README.md). The machine was busy, and no GPU was available. Formats with mins or 8 bits
 * unpack at a different speed than q4 and were not measured. GLM-Edge's smaller matrices use a large GPU less
 * efficiently, so its prediction is too high. Thermal throttling and battery mode are not modelled.
 * @param wantedTokens context; default: what the engine would choose
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
    disk: probe.storage.quotaBytes === 0 || disk.totalBytes <= availableDisk, // quota 0: the browser does not report it
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

/** The memory limit for the engine; a limit that the probe set itself does not count. */
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
  // A GPU computes the next step while this one is read back; a software adapter never has a second step in flight.
  const decodeMs = device.software ? stepMs + busyMs : Math.max(stepMs, busyMs);
  const cacheMs = (contextTokens * kvBytesPerToken(shape) * layer.decodeMs) / layer.weightBytes;
  // Prefill is compute-bound: the number of weights counts, not their bytes.
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

/** Prefill speed in tokens per second, with the largest power-of-two chunk that takes at most `aimMs`. */
function prefillSpeed({ oneMs, chunkMs, chunkTokens, max, aimMs }: Record<string, number>): number {
  const perToken = chunkTokens > 1 ? Math.max(0, chunkMs - oneMs) / (chunkTokens - 1) : oneMs;
  const msOf = (tokens: number) =>
    tokens <= chunkTokens ? oneMs + perToken * (tokens - 1) : (chunkMs / chunkTokens) * tokens;
  let tokens = MIN_CHUNK_TOKENS;
  while (tokens * 2 <= max && msOf(tokens * 2) <= aimMs) tokens *= 2;
  return (1000 * tokens) / msOf(tokens);
}

/** The largest multiple of 1024 that fits in the tested memory. */
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
 * Suggests a model: the first in the catalogue that fits for certain and decodes at a comfortable speed; else the
 * fastest that fits for certain; else, if the probe stopped before memory was exhausted, the one that needs least; null
 * if none can run. Specialist models are never suggested. If the recommended variant does not fit, others of the same
 * model are tried.
 * @param wantedTokens context; default: what the engine would choose
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
