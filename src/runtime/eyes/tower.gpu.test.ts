// The towers of GLM-4.1V, GLM-4.6V and GLM-OCR at toy size against transformers, from both kinds of files.
import { expect } from 'vitest';
import { openEyesCode, planModel } from '../../model/architecture';
import { picture } from '../../testing/eyes/checkpoint';
import { eyesGoldens } from '../../testing/eyes/goldens';
import { eyesPair, eyesRepository, type EyesKind } from '../../testing/eyes/models';
import { gpuTest } from '../../testing/gpuTest';
import { openGguf, type GgufFile } from '../../weights/file/gguf';
import { openOfficialModel } from '../../weights/file/official/openOfficialModel';
import { bytesSource } from '../../weights/file/sources';
import { importModel } from '../../weights/pack/importer';
import { memoryCache } from '../../weights/stored/cache';
import { LoadedEyes } from './loadedEyes';
import type { Gpu } from '../../gpu/device';

const signal = new AbortController().signal;
/** Largest difference allowed, in features whose RMS is 0.22. */
const TOLERANCE = 2e-4;

async function open(gpu: Gpu, gguf: GgufFile): Promise<LoadedEyes> {
  const cache = memoryCache();
  const { name, plan } = await planModel(gguf.metadata, gguf.tensors);
  const manifest = await importModel({ id: 'eyes', name, origin: 'eyes', gguf, plan, cache });
  const repair = () => Promise.reject(new Error('no shard is damaged'));
  return LoadedEyes.load({ manifest, cache, repair }, { gpu, signal, releaseLock: () => undefined });
}

const repository = (kind: EyesKind, quantize: 'q4' | 'none') =>
  openOfficialModel(
    eyesRepository(kind).map(({ name, bytes }) => ({ name, source: bytesSource(bytes, name) })),
    { name: kind, quantize, part: 'eyes' },
  );

const SOURCES = {
  mmproj: (kind: EyesKind) => openGguf([bytesSource(eyesPair(kind).eyes)]),
  safetensors: (kind: EyesKind) => repository(kind, 'none'),
};

for (const golden of eyesGoldens()) {
  for (const [kind, source] of Object.entries(SOURCES)) {
    gpuTest(
      `${golden.name} from ${kind}: features of transformers, and memory given back`,
      async ({ gpu: { gpu } }) => {
        const { pillowResize } = await openEyesCode();
        const eyes = await open(gpu, await source(golden.name));
        const before = gpu.allocatedBytes;
        for (const { rows, columns, features, ...shape } of golden.pictures) {
          const size = { width: columns * 28, height: rows * 28 };
          const got = await eyes.see(pillowResize(picture(shape), size));
          expect(got.length).toBe(features.length);
          const worst = features.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i])), 0);
          console.info(
            `${golden.name} ${kind} ${size.width}×${size.height}: max|Δ| ${worst.toExponential(1)}`,
          );
          expect(worst).toBeLessThan(TOLERANCE);
        }
        expect(gpu.allocatedBytes).toBe(before);
        eyes.destroy();
      },
    );
  }
}

gpuTest('an original tower quantised to INT4 on its way still sees the same', async ({ gpu: { gpu } }) => {
  const { pillowResize } = await openEyesCode();
  const [golden] = eyesGoldens().filter(({ name }) => name === 'glm-ocr');
  const [{ rows, columns, features, ...shape }] = golden.pictures;
  const exact = await open(gpu, await repository('glm-ocr', 'none'));
  const eyes = await open(gpu, await repository('glm-ocr', 'q4'));
  expect(eyes.manifest.packedBytes).toBeLessThan(0.6 * exact.manifest.packedBytes);
  const got = await eyes.see(pillowResize(picture(shape), { width: columns * 28, height: rows * 28 }));
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const cosine = dot(got, features) / Math.sqrt(dot(got, got) * dot(features, features));
  console.info(
    `INT4: ${eyes.manifest.packedBytes} of ${exact.manifest.packedBytes} bytes, cosine ${cosine.toFixed(4)}`,
  );
  expect(cosine).toBeGreaterThan(0.95);
  exact.destroy();
  eyes.destroy();
});
