import { describe, expect, test } from 'vitest';
import { writeGguf } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { randomBlocks } from '../../testing/randomWeights';
import { memoryCache } from '../stored/cache';
import { exportModel, PACK_HEADER_BYTES } from './exportModel';
import { importPack, openPack } from './importPack';
import { LAYOUT_VERSION } from '../stored/layoutVersion';
import { bytesSource, fileSource } from '../file/sources';
import { failureOf, importBytes, readImage } from '../testKit';
import type { ModelCache, ModelManifest, WeightProgress, WeightSource } from '../types';

const data = randomBlocks('Q8_0', (2000 * 512) / 32, 0.02, seeded(8));
const file = writeGguf({
  metadata: { 'general.name': 'Köln 9B / chat', 'tokenizer.ggml.tokens': ['你', '\u0000', '"'] },
  tensors: [{ name: 'w', type: 'Q8_0', shape: [2000, 512], data }],
});
const url = 'https://h/m.gguf';
const imported = importBytes(file, [{ name: 'w', kind: 'matrix', shape: [2000, 512] }], {
  ...{ id: 'packed', name: 'Köln 9B / chat', origin: url, source: { kind: 'url', url }, shardBytes: 1 << 16 },
});

async function exported(change: (manifest: ModelManifest) => Partial<ModelManifest> = () => ({})) {
  const { manifest, cache } = await imported;
  return exportModel(cache, { ...manifest, ...change(manifest) });
}

async function open(source: WeightSource) {
  const pack = await openPack(source);
  if (!pack) throw new Error('not recognised');
  return pack;
}

const request = { origin: 'x.glmpack', source: null };

describe('an exported model', () => {
  test('imports unchanged on another device', async () => {
    const { manifest, image } = await imported;
    const { blob, fileName } = await exported();
    expect(fileName).toBe('Köln-9B-chat.glmpack');
    const cache = memoryCache();
    const progress: WeightProgress[] = [];
    const pack = await open(fileSource(new File([blob], fileName)));
    const back = await importPack({ ...request, pack, cache, onProgress: (report) => progress.push(report) });
    expect({ ...back, importedAt: 0 }).toEqual({ ...JSON.parse(JSON.stringify(manifest)), importedAt: 0 });
    expect(Buffer.compare(await readImage(back, cache), image)).toBe(0);
    expect(progress.at(-1)).toEqual({ phase: 'import', doneBytes: image.length, totalBytes: image.length });
    expect([await cache.idOfOrigin('x.glmpack'), await cache.idOfOrigin(url)]).toEqual(['packed', 'packed']);
    expect(await cache.journals()).toEqual([]);
  });

  test('contains no key from a URL', async () => {
    const secret = 'https://h/m.gguf?key=s3cret';
    const { blob } = await exported(() => ({ origin: secret, source: { kind: 'url', url: secret } }));
    expect(await blob.slice(0, 4096).text()).not.toContain('s3cret');
    const { manifest } = await open(fileSource(blob));
    expect(manifest).toMatchObject({ origin: 'https://h/m.gguf', source: null });
  });

  test('is distinguished from a GGUF and from a very short file', async () => {
    expect(await openPack(bytesSource(file))).toBeUndefined();
    expect(await openPack(bytesSource(new Uint8Array(3)))).toBeUndefined();
  });

  test('is rejected with a specific error if of another version, truncated or changed', async () => {
    const whole = new Uint8Array(await (await exported()).blob.arrayBuffer());
    const changed = (at: number, value: number): WeightSource => {
      const copy = whole.slice();
      copy[at] = value;
      return bytesSource(copy, 'm.glmpack');
    };
    const failure = (source: WeightSource) => failureOf(() => openPack(source));
    expect(await failure(changed(8, 9))).toMatchObject({
      code: 'pack-version',
      details: { name: 'm.glmpack', found: 9, supported: 1 },
    });
    expect(await failure(changed(PACK_HEADER_BYTES + 20, 0))).toMatchObject({
      code: 'pack-damaged',
      details: { name: 'm.glmpack', part: 0 },
    });
    const other = await exported(() => ({ layoutVersion: LAYOUT_VERSION + 1 }));
    expect(await failure(fileSource(other.blob))).toMatchObject({
      code: 'pack-version',
      details: { found: LAYOUT_VERSION + 1 },
    });
    for (const end of [200, whole.length - 1]) {
      expect(await failure(bytesSource(whole.slice(0, end)))).toMatchObject({
        code: 'file-truncated',
        details: { availableBytes: end },
      });
    }
  });

  test('with a flipped byte stops at its part, and an intact copy resumes there', async () => {
    const whole = new Uint8Array(await (await exported()).blob.arrayBuffer());
    const copy = whole.slice();
    const { manifest, image } = await imported;
    copy[whole.length - manifest.packedBytes + 3 * manifest.shardBytes] ^= 1; // in the fourth part
    const cache = memoryCache();
    const damaged = await open(bytesSource(copy, 'm.glmpack'));
    expect(await failureOf(() => importPack({ ...request, pack: damaged, cache }))).toMatchObject({
      code: 'pack-damaged',
      details: { name: 'm.glmpack', part: 4 },
    });
    const writes: number[] = [];
    const writeShard: ModelCache['writeShard'] = (id, index, shard) => {
      writes.push(index);
      return cache.writeShard(id, index, shard);
    };
    const pack = await open(bytesSource(whole));
    const back = await importPack({ ...request, pack, cache: { ...cache, writeShard } });
    expect(writes[0]).toBe(3);
    expect(Buffer.compare(await readImage(back, cache), image)).toBe(0);
  });
});
