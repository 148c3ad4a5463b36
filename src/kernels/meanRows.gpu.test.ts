import { expectClose } from '../testing/expectClose';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { gelu } from './gelu';
import { geluReference } from './gelu.reference';
import { meanRows } from './meanRows';
import { meanRowsReference } from './meanRows.reference';

gpuTest('mean_rows and gelu match their references', async ({ gpu }) => {
  const [T, D] = [9, 100];
  const x = seeded(5).normal(T * D);
  [x[3], x[4]] = [-30, 30];
  const ranges: [number, number][] = [[0, 4], [4, 1], [6, 3]]; // prettier-ignore
  const rows = gpu.tensor(x, [T, D]);
  const means = await gpu.compute([3, D], (pass, y) =>
    meanRows(pass, { x: rows, ranges: gpu.tensor(Uint32Array.from(ranges.flat()), [3, 2]), y }),
  );
  expectClose(means, meanRowsReference(x, ranges, D), { abs: 1e-6, rel: 1e-5 });
  const curved = await gpu.compute([T, D], (pass, y) => gelu(pass, { x: rows, y }));
  expectClose(curved, x.map(geluReference), { abs: 1e-6, rel: 1e-5 });
});
