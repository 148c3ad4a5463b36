import { describe, expect, it } from 'vitest';
import { LICENCES } from './licences';
import { gpuNeed } from './memory';
import { findByOrigin, findModel, MODELS, originOfVariant, recommendedVariant } from './models';
import { layerWeights } from './packing';

describe('the catalogue', () => {
  it('every variant has a unique origin that leads back to it', () => {
    const origins = MODELS.flatMap((model) =>
      model.variants.map((variant) => originOfVariant(model, variant)),
    );
    expect(new Set(origins).size).toBe(origins.length);
    for (const origin of origins) {
      const found = findByOrigin(origin)!;
      expect(originOfVariant(found.model, found.variant)).toBe(origin);
    }
    expect(findByOrigin('https://elsewhere/model.gguf')).toBeUndefined();
  });

  it.each(MODELS.map((model) => [model.id, model] as const))('%s has all that the app shows', (_, model) => {
    expect(LICENCES[model.licence].url).toMatch(/^https:/);
    expect(model.variants.filter(({ recommended }) => recommended)).toHaveLength(1);
    for (const text of [model.goodFor, model.languages]) expect(text.en && text.zh).toBeTruthy();
    for (const variant of model.variants) {
      expect(Object.values(variant.repos).length).toBeGreaterThan(0);
      for (const repo of Object.values(variant.repos)) expect(repo).toMatch(/^[\w.-]+\/[\w.-]+$/);
      expect(variant.files.some((file) => /\.(gguf|safetensors)$/.test(file))).toBe(true);
    }
  });

  it('pins name files of their variant, with whole digests and the stated size', () => {
    for (const { files, pins = {}, downloadBytes, approximateSize } of MODELS.flatMap(
      ({ variants }) => variants,
    )) {
      for (const [name, { bytes, sha256 }] of Object.entries(pins)) {
        expect(files).toContain(name);
        expect(sha256).toMatch(/^[\da-f]{64}$/);
        if (files.length === 1 && !approximateSize) expect(bytes).toBe(downloadBytes);
      }
    }
  });

  it('the shapes give the stated parameter counts', () => {
    for (const { shape, parameters, name } of MODELS) {
      const matrices = shape.numLayers * layerWeights(shape) + 2 * shape.vocabSize * shape.hiddenSize;
      expect(parameters / matrices, name).toBeCloseTo(1, 3); // norms and biases make the rest
    }
  });

  it('every model is available on ModelScope, which works in mainland China', () => {
    for (const model of MODELS) expect(model.variants.some(({ repos }) => repos.modelscope)).toBe(true);
  });

  it('INT4 packed sizes match the expected GB', () => {
    const int4 = (id: string) =>
      findModel(id)!.variants.find(({ id }) => id === 'official')!.packedBytes / 1e9;
    expect(int4('glm-4-9b-chat')).toBeCloseTo(5.29, 2);
    expect(int4('glm-4-9b-chat-1m')).toBeCloseTo(5.34, 2);
    expect(int4('glm-edge-4b-chat')).toBeCloseTo(2.435, 2);
    expect(int4('glm-edge-1.5b-chat')).toBeCloseTo(0.897, 2);
  });

  it('INT4 GLM-4-9B needs 6.5 to 7 GB at 8K, less for a smaller context, twice the cache for the 1M model', () => {
    const chat = findModel('glm-4-9b-chat')!;
    const [q4, official] = [recommendedVariant(chat), chat.variants.find(({ id }) => id === 'official')!];
    expect(gpuNeed(chat, official, 8192).totalBytes / 1e9).toBeGreaterThan(5.9);
    expect(gpuNeed(chat, q4, 8192).totalBytes / 1e9).toBeLessThan(7);
    expect(gpuNeed(chat, q4, 8192).kvBytes).toBe(8192 * 40_960);
    expect(gpuNeed(findModel('glm-4-9b-chat-1m')!, q4, 8192).kvBytes).toBe(8192 * 81_920);
    expect(gpuNeed(findModel('glm-edge-4b-chat')!, q4, 4096).kvBytes).toBe(4096 * 122_880);
  });

  it('a licence needs acceptance exactly when it needs a badge', () => {
    for (const licence of Object.values(LICENCES)) expect(licence.needsAcceptance).toBe(licence.badge !== '');
    expect(LICENCES[findModel('glm-4-9b-chat')!.licence].badge).toBe('Built with glm-4');
    expect(LICENCES[findModel('longwriter-glm4-9b')!.licence].badge).toBe('Built with glm-4');
    expect(LICENCES[findModel('glm-z1-9b-0414')!.licence].badge).toBe('');
  });
});
