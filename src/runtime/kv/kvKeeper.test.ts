// Which stored blocks come back: those of the same model, KV format and adapter.
import { expect, test } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { BLOCK_TOKENS, blockDigests, KvStore } from '../../library/kvStore';
import type { DecodeState } from '../../model/decodeState';
import { KvKeeper } from './kvKeeper';

const ADAPTER = { vendor: 'nvidia', architecture: 'ada', description: 'RTX 4090' };
const ROW_BYTES = 8;

/** A keeper on a GPU of which only the copies to the cache are counted. */
function keeperOn(
  adapter: typeof ADAPTER,
  { store = KvStore.inMemory(), modelId = 'm', format = 'f16' } = {},
) {
  const shape = [1, 2 * BLOCK_TOKENS];
  const tensor = { shape, byteLength: shape[1] * ROW_BYTES, offset: 0, buffer: {} };
  const copied: number[] = [];
  const gpu = {
    adapter,
    device: {
      queue: {
        writeBuffer: (_: unknown, __: number, { byteLength }: ArrayBuffer) => copied.push(byteLength),
      },
    },
    createBuffer: () => ({}),
    allocate: (_label: string, _bytes: number, create: () => unknown) => Promise.resolve(create()),
    destroyBuffer: () => {},
    copyBytes: () => {},
  } as unknown as Gpu;
  const state = { kv: [{ format, k: tensor, v: tensor }] } as unknown as DecodeState;
  const policy = { measured: () => {}, isWorthKeeping: () => true, isWorthReading: () => true };
  return { keeper: new KvKeeper({ gpu, state, store, modelId, policy }), copied };
}

test('stored KV of another adapter, model or format stays where it is', async () => {
  const store = KvStore.inMemory();
  const ids = Array.from({ length: BLOCK_TOKENS + 3 }, (_, i) => i);
  const [digest] = await blockDigests(ids);
  const bytes = new ArrayBuffer(BLOCK_TOKENS * ROW_BYTES * 2);
  await store.write({ modelId: 'm', variant: 'f16/nvidia/ada/RTX 4090', digest }, bytes);

  const same = keeperOn(ADAPTER, { store });
  expect(await same.keeper.restore(ids, 0)).toBe(BLOCK_TOKENS);
  expect(same.copied).toEqual([bytes.byteLength]);
  const others = [
    keeperOn({ ...ADAPTER, vendor: 'amd' }, { store }),
    keeperOn({ ...ADAPTER, architecture: 'turing' }, { store }),
    keeperOn({ ...ADAPTER, description: 'RTX 4080' }, { store }),
    keeperOn(ADAPTER, { store, modelId: 'n' }),
    keeperOn(ADAPTER, { store, format: 'f32' }),
  ];
  for (const { keeper, copied } of others) {
    expect(await keeper.restore(ids, 0)).toBe(0);
    expect(copied).toEqual([]);
  }
});
