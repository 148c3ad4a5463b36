import { describe, expect, it } from 'vitest';
import type { DeviceProbe } from '../protocol/device';
import { downloadSeconds } from './memory';
import { findModel, MODELS, recommendedVariant } from './models';
import { predict, suggest } from './predict';

const GIB = 2 ** 30;
const LAYER_BYTES = 114.8e6; // GLM-4-9B in q4
const HEAD_BYTES = 349.2e6;

/** A GPU that reads weights at `gbPerSecond` and multiplies at `gflops`. */
function machine(gbPerSecond: number, gflops: number, memoryBytes: number, software = false): DeviceProbe {
  return {
    device: { vendor: '', architecture: '', description: '', software, features: [], limits: {} },
    allocatableBytes: memoryBytes,
    allocationCapped: false,
    layer: {
      weightBytes: LAYER_BYTES,
      decodeMs: LAYER_BYTES / gbPerSecond / 1e6,
      prefillTokens: software ? 8 : 64,
      prefillMs: ((software ? 8 : 64) * 0.408e9) / gflops / 1e6,
    },
    head: { weightBytes: HEAD_BYTES, decodeMs: HEAD_BYTES / gbPerSecond / 1e6 },
    stepMs: 1,
    storage: { usageBytes: 0, quotaBytes: 100e9, persisted: false },
    tookMs: 2000,
    measuredAt: 0,
  };
}

const model = (id: string) => findModel(id)!;
const chat = model('glm-4-9b-chat');
const int4 = chat.variants.find(({ id }) => id === 'official')!;

describe('predict', () => {
  it('matches the roofline of GLM-4-9B in INT4 at full bandwidth', () => {
    const { tokensPerSecond, tokensPerSecondFull } = predict(machine(100, 1000, 12 * GIB), chat, int4, 8192);
    expect(tokensPerSecond).toBeGreaterThan(20.3 * 0.95);
    expect(tokensPerSecond).toBeLessThan(20.3);
    expect(tokensPerSecondFull / tokensPerSecond).toBeCloseTo(19 / 20.3, 1);
  });

  it('predicts 21 s a token on SwiftShader for any format, because it is compute-bound', () => {
    const probe = {
      ...machine(0.26, 0.8, 2 * GIB, true),
      layer: { weightBytes: LAYER_BYTES, decodeMs: 431, prefillTokens: 8, prefillMs: 3500 },
      head: { weightBytes: HEAD_BYTES, decodeMs: 1234 },
    };
    for (const variant of [int4, recommendedVariant(chat)]) {
      const { tokensPerSecond, prefillTokensPerSecond } = predict(probe, chat, variant, 4096);
      expect(1 / tokensPerSecond).toBeGreaterThan(17);
      expect(1 / tokensPerSecond).toBeLessThan(20);
      // Only one token fits a chunk's time.
      expect(prefillTokensPerSecond / tokensPerSecond).toBeCloseTo(1, 0);
    }
  });

  it('counts 8-bit parts and a larger cache when memory is the limit', () => {
    const probe = machine(400, 4000, 16 * GIB);
    const speed = (id: string) =>
      predict(
        probe,
        chat,
        chat.variants.find((variant) => variant.id === id)!,
        8192,
      ).tokensPerSecond;
    expect(speed('official')).toBeGreaterThan(speed('q4_0'));
    expect(speed('q4_0')).toBeGreaterThan(speed('q4_k_m'));
    const million = model('glm-4-9b-chat-1m');
    const full = (which: typeof chat) =>
      predict(probe, which, recommendedVariant(which), 32_768).tokensPerSecondFull;
    expect(full(million)).toBeLessThan(full(chat));
  });

  it('prefills faster than it decodes when whole chunks fit their time', () => {
    const prediction = predict(machine(400, 8000, 16 * GIB), chat, int4, 8192);
    expect(prediction.prefillTokensPerSecond).toBeGreaterThan(3 * prediction.tokensPerSecond);
    expect(prediction.prefillTokensPerSecond).toBeLessThan(8000 / 16.3); // compute-bound
  });

  it('reports what is missing, with numbers', () => {
    const small = predict(machine(100, 1000, 4 * GIB), chat, int4, 8192);
    expect(small).toMatchObject({ runs: false, fits: { gpu: false, disk: true }, maxContextTokens: 0 });
    expect(small.reasons).toContainEqual(
      expect.objectContaining({ code: 'gpu-memory', availableBytes: 4 * GIB }),
    );

    const tight = predict(machine(100, 1000, 6 * GIB), chat, int4, 131_072);
    expect(tight.runs).toBe(false);
    const context = tight.reasons.find(({ code }) => code === 'context');
    expect(context).toMatchObject({ wantedTokens: 131_072, contextTokens: tight.maxContextTokens });
    expect(predict(machine(100, 1000, 6 * GIB), chat, int4, tight.maxContextTokens).runs).toBe(true);
    expect(predict(machine(100, 1000, 6 * GIB), chat, int4, tight.maxContextTokens + 1024).runs).toBe(false);

    const full = machine(100, 1000, 12 * GIB);
    full.storage = { usageBytes: 6e9, quotaBytes: 10e9, persisted: false };
    expect(predict(full, chat, int4, 8192).reasons).toContainEqual(
      expect.objectContaining({ code: 'disk', availableBytes: 4e9 }),
    );
    full.storage.quotaBytes = 0; // unknown, not full
    expect(predict(full, chat, int4, 8192).runs).toBe(true);
  });

  it('does not block on untested memory, and reports it', () => {
    const capped = { ...machine(100, 1000, 2 * GIB), allocationCapped: true };
    const prediction = predict(capped, chat, int4, 8192);
    expect(prediction.runs).toBe(true);
    expect(prediction.reasons).toContainEqual(
      expect.objectContaining({ code: 'memory-untested', testedBytes: 2 * GIB }),
    );
  });

  it('uses the engine’s automatic context by default: up to 32K, less when memory is short', () => {
    const at = (memoryBytes: number) => predict(machine(100, 1000, memoryBytes), chat, int4);
    expect(at(12 * GIB)).toMatchObject({ contextTokens: 32_768, runs: true });
    const { packedBytes } = int4;
    const tight = at(packedBytes + 2 ** 29 + 13.5 * 1024 * 40_960); // 40 KiB a token, half a GiB kept free
    expect(tight).toMatchObject({ contextTokens: 13 * 1024, runs: true, fits: { gpu: true } });
    const capped = { ...machine(100, 1000, 6 * GIB), allocationCapped: true };
    expect(predict(capped, chat, int4).contextTokens).toBe(32_768);
  });

  it('never promises more context than the model was trained for', () => {
    const edge = model('glm-edge-1.5b-chat');
    const prediction = predict(machine(100, 1000, 12 * GIB), edge, recommendedVariant(edge), 32_768);
    expect(prediction).toMatchObject({ contextTokens: 8192, maxContextTokens: 8192, runs: true });
  });
});

describe('suggest', () => {
  const suggested = (probe: DeviceProbe, wantedTokens?: number) => {
    const found = suggest(probe, MODELS, wantedTokens);
    return found && `${found.model.id} ${found.variant.id}`;
  };

  it('suggests a model that fits the machine', () => {
    expect(suggested(machine(400, 8000, 12 * GIB))).toBe('glm-4-9b-chat q4_0');
    expect(suggested(machine(100, 1000, 4 * GIB))).toBe('glm-edge-4b-chat q4_k_m');
    expect(suggested(machine(100, 1000, 4 * GIB), 8192)).toBe('glm-edge-4b-chat q4_0');
    expect(suggested(machine(100, 1000, 2.2 * GIB))).toBe('glm-edge-1.5b-chat q4_k_m');
    expect(suggested(machine(100, 1000, GIB))).toBeNull();
  });

  it('prefers a small model to a slow one, and the fastest when all are slow', () => {
    expect(suggested(machine(20, 300, 12 * GIB))).toBe('glm-edge-4b-chat q4_k_m');
    expect(suggested(machine(0.3, 0.8, 16 * GIB, true))).toBe('glm-edge-1.5b-chat q4_k_m');
  });

  it('counts only tested memory, and suggests the smallest model when none fits', () => {
    const untested = { ...machine(0.3, 0.8, GIB / 2, true), allocationCapped: true };
    expect(suggested(untested)).toBe('glm-edge-1.5b-chat q4_k_m');
    expect(suggested({ ...machine(400, 8000, 2.2 * GIB), allocationCapped: true })).toMatch(
      /^glm-edge-1\.5b/,
    );
  });
});

it('computes the download time', () => {
  expect(downloadSeconds({ downloadBytes: 5e9 }, 10e6)).toBe(500);
  expect(downloadSeconds({ downloadBytes: 5e9 }, 0)).toBe(Infinity);
});
