import { expect } from 'vitest';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { injectRows } from './inject';
import { injectReference } from './inject.reference';

gpuTest.for([{ D: 256 }, { D: 4096 }, { D: 20 }])(
  'injectRows overwrites exactly the rows with a source, D=$D',
  async ({ D }, { gpu }) => {
    const random = seeded(D);
    const [y, rows] = [random.normal(6 * D), random.normal(3 * D)];
    const source = [0, 3, 1, 0, 1, 2];
    const target = gpu.tensor(y, [6, D]);
    await gpu.run((pass) =>
      injectRows(pass, {
        source: gpu.tensor(Uint32Array.from([...source, 1, 1]), [8]), // more rows than used
        rows: gpu.tensor(rows, [3, D]),
        y: target,
      }),
    );
    expect(await gpu.readF32(target)).toEqual(injectReference(source, rows, y, D));
  },
);
