// Browser-only features: IndexedDB with Blobs on disk, Web Locks and BroadcastChannel between tabs.
import { expect, test } from 'vitest';
import { writeGguf } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { randomBlocks } from '../../testing/randomWeights';
import { memoryCache, openCache } from '../stored/cache';
import { exportModel } from './exportModel';
import { openGguf } from '../file/gguf';
import { importModel, type ImportRequest } from './importer';
import { importPack, openPack } from './importPack';
import { fileSource } from '../file/sources';
import { failureOf } from '../testKit';
import type { ModelCache, ModelManifest, TensorPlan, WeightProgress } from '../types';
import { findDamage } from '../stored/verify';

const [rows, cols] = [40_000, 1024]; // 43 MB as q8: three shards
const file = new File(
  [
    writeGguf({
      metadata: {},
      tensors: [
        {
          name: 'w',
          type: 'Q8_0',
          shape: [rows, cols],
          data: randomBlocks('Q8_0', (rows * cols) / 32, 0.02, seeded(2)),
        },
      ],
    }) as Uint8Array<ArrayBuffer>,
  ],
  'm.gguf',
);
const plan: TensorPlan[] = [{ name: 'w', kind: 'matrix', shape: [rows, cols], interleaved: true }];

const gguf = await openGguf([fileSource(file)]);

function start(cache: ModelCache, extra: Partial<ImportRequest> = {}): Promise<ModelManifest> {
  return importModel({ id: 'importing', name: 'M', origin: 'm.gguf', gguf, plan, cache, ...extra });
}

/** Stops before storing the second shard, as a closed tab does; not before `moment` resolves. */
async function stopped(moment?: Promise<unknown>): Promise<ModelCache> {
  const cache = await openCache();
  const writeShard: ModelCache['writeShard'] = async (id, index, shard) => {
    if (index === 0) return cache.writeShard(id, index, shard);
    await moment;
    throw new Error('closed');
  };
  return { ...cache, writeShard };
}

async function expectWhole(cache: ModelCache): Promise<void> {
  const manifest = (await cache.manifest('importing'))!;
  const memory = memoryCache();
  const wanted = await start(memory, { id: 'wanted' });
  expect(manifest.shardDigests).toEqual(wanted.shardDigests);
  expect(await findDamage(cache, manifest)).toEqual([]);
  expect(await cache.journals()).toEqual([]);
}

test('an import resumes in IndexedDB, and its model is exported and imported again', async () => {
  await failureOf(async () => start(await stopped()));
  const cache = await openCache(); // sweeps
  expect((await cache.journal('importing'))?.shardDigests).toHaveLength(1);
  const progress: WeightProgress[] = [];
  const manifest = await start(cache, { onProgress: (report) => progress.push(report) });
  expect(progress[0].doneBytes).toBeGreaterThan(file.size / 4);
  await expectWhole(cache);
  const { blob, fileName } = await exportModel(cache, manifest);
  const pack = await openPack(fileSource(new File([blob], fileName)));
  const other = memoryCache();
  const back = await importPack({ pack: pack!, cache: other, origin: fileName, source: null });
  expect(back.shardDigests).toEqual(manifest.shardDigests);
  expect(await findDamage(other, back)).toEqual([]);
  await cache.deleteModel('importing');
});

test('of two tabs one imports; when it closes, the other resumes from its journal', async () => {
  const reports: WeightProgress[] = [];
  let hear: (progress: WeightProgress) => void;
  const heard = new Promise<WeightProgress>((resolve) => (hear = resolve));
  const [first, cache] = [await stopped(heard), await openCache()];
  let second: Promise<unknown> | undefined;
  const begin = (): void => {
    // the first tab holds the lock once it reports
    second ??= start(cache, {
      onElsewhere: (report) => report.phase === 'import' && hear(report),
      onProgress: (report) => reports.push(report),
    });
  };
  expect(String(await failureOf(() => start(first, { onProgress: begin })))).toContain('closed');
  await second;
  expect((await heard).phase).toBe('import');
  expect(reports[0].doneBytes).toBeGreaterThan(file.size / 4);
  await expectWhole(cache);
  await cache.deleteModel('importing');
});
