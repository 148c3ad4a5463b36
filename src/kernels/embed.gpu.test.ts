import { WEIGHT_FORMATS } from '../shared/weightLayout';
import { expectClose } from '../testing/expectClose';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { embedTokens } from './embed';
import { embedReference } from './embed.reference';
import { packValues, randomMatrix, uploadMatrix } from './weights.reference';

gpuTest.for(WEIGHT_FORMATS)('embedTokens from a %s table in three chunks', async (format, { gpu }) => {
  const [vocabSize, dim] = [64 * 5 + 9, 96];
  const table = packValues({ format, rows: vocabSize, cols: dim }, seeded(1).normal(vocabSize * dim));
  const ids = [0, 328, 127, 128, 129, 200, 64, 63, 4e9]; // both sides of a chunk boundary; the last id is out of range
  const y = await gpu.compute([ids.length, dim], (pass, out) =>
    embedTokens(pass, {
      tokens: gpu.tensor(Uint32Array.from([...ids, 5, 6]), [ids.length + 2]), // more ids than used
      numTokens: ids.length,
      table: uploadMatrix(gpu, table, 2),
      y: out,
    }),
  );
  const want = embedReference([...ids.slice(0, -1), 0], table.row);
  expectClose(y, want, { rel: 2e-7, abs: 1e-7 });
});

gpuTest('embedTokens at full width', async ({ gpu }) => {
  const table = randomMatrix({ format: 'q4', rows: 9472, cols: 4096 }, seeded(2));
  const ids = [9471, 3, 4000];
  const y = await gpu.compute([3, 4096], (pass, out) =>
    embedTokens(pass, {
      tokens: gpu.tensor(Uint32Array.from(ids), [3]),
      numTokens: 3,
      table: uploadMatrix(gpu, table),
      y: out,
    }),
  );
  expectClose(y, embedReference(ids, table.row), { rel: 2e-7 });
});
