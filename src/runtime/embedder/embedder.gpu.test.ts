// A tiny embedding model against its encoder as plain loops: from file to vectors.
import { expect } from 'vitest';
import { planModel } from '../../model/architecture';
import { embedderFile, meanStateReference, MOST_TOKENS } from '../../testing/embedder/model';
import { gpuTest } from '../../testing/gpuTest';
import { openGguf } from '../../weights/file/gguf';
import { bytesSource } from '../../weights/file/sources';
import { importModel } from '../../weights/pack/importer';
import { memoryCache } from '../../weights/stored/cache';
import { LoadedEmbedder } from './loadedEmbedder';

const signal = new AbortController().signal;
const unit = (values: number[]) => values.map((value) => value / Math.hypot(...values));

gpuTest(
  'texts of several lengths in one pass, and one of several windows, match the reference',
  async ({ gpu: { gpu } }) => {
    const gguf = await openGguf([bytesSource(embedderFile())]);
    const { name, plan } = await planModel(gguf.metadata, gguf.tensors);
    const cache = memoryCache();
    const manifest = await importModel({ id: 'embedder', name, origin: 'embedder', gguf, plan, cache });
    const before = gpu.allocatedBytes;
    const repair = () => Promise.reject(new Error('no shard is damaged'));
    const embedder = await LoadedEmbedder.load(
      { manifest, cache, repair },
      { gpu, signal, releaseLock: () => undefined },
    );

    // ▁query :, then pieces; unknown characters are one token
    const long = 'ab茶'.repeat(17);
    const texts = ['a b', '', '茶 xyz a', long];
    const [begin, end] = [0, 2];
    const prefix = [5, 7];
    const longIds = [...prefix, 8, 11, 12, ...Array.from({ length: 16 }, () => [10, 11, 12]).flat()];
    const windows = [longIds.slice(0, MOST_TOKENS - 2), longIds.slice(MOST_TOKENS - 2)];
    const means = windows.map((ids) => meanStateReference([begin, ...ids, end]));
    const wanted = [
    ...[[8, 9], [], [13, 4, 3, 8]].map((ids) => unit(meanStateReference([begin, ...prefix, ...ids, end]))),
    unit(means[0].map((value, d) => value * windows[0].length + means[1][d] * windows[1].length)),
  ]; // prettier-ignore
    const got = await embedder.embed(texts, 'query');
    expect(got.length).toBe(texts.length * embedder.dimension);
    wanted.forEach((vector, i) => {
      const worst = Math.max(...vector.map((value, d) => Math.abs(value - got[i * embedder.dimension + d])));
      expect(worst, texts[i]).toBeLessThan(2e-5);
    });

    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(embedder.embed(texts, 'passage', { signal: stop.signal })).rejects.toThrow('stopped');
    embedder.destroy();
    expect(gpu.allocatedBytes).toBe(before);
  },
);
