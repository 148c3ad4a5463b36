import { expectClose } from '../testing/expectClose';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { addPositions } from './addPositions';
import { positionAt } from './addPositions.reference';

const cases = [
  { side: 24, grid: { rows: 10, columns: 32 } },
  { side: 8, grid: { rows: 8, columns: 6 } },
];
gpuTest.for(cases)(
  'addPositions samples a table of $side for a grid of $grid',
  async ({ side, grid }, { gpu }) => {
    const dim = 68;
    const [firstPatch, numPatches] = [4, grid.rows * grid.columns - 4];
    const table = seeded(side).normal(side * side * dim);
    const x = gpu.zeros([numPatches, dim]);
    await gpu.run((pass) =>
      addPositions(pass, { table: gpu.tensor(table, [table.length]), x, firstPatch, grid }),
    );
    const want = Array.from({ length: numPatches }, (_, i) => {
      const [block, inBlock] = [Math.floor((firstPatch + i) / 4), (firstPatch + i) % 4];
      const row = Math.floor(block / (grid.columns / 2)) * 2 + Math.floor(inBlock / 2);
      const column = (block % (grid.columns / 2)) * 2 + (inBlock % 2);
      return [...positionAt(table, { side, dim }, { row, column }, grid)];
    });
    expectClose(await gpu.readF32(x), Float32Array.from(want.flat()), { abs: 2e-5, rel: 1e-5 });
  },
);
