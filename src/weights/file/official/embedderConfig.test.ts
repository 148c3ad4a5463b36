// The original repository of an embedding model gives what its GGUF gives.
import { expect, test } from 'vitest';
import { planModel } from '../../../model/architecture';
import { embedderFile, embedderRepository } from '../../../testing/embedder/model';
import { layOut } from '../../pack/importPlan';
import { openGguf } from '../gguf';
import { bytesSource } from '../sources';
import { openOfficialModel } from './openOfficialModel';

const repository = (quantize: 'q4' | 'none') =>
  openOfficialModel(
    embedderRepository().map(({ name, bytes }) => ({ name, source: bytesSource(bytes, name) })),
    { name: 'tiny embedder', quantize, part: 'embedder' },
  );

test('metadata, tensors and plan are those of the GGUF; positions and segments stay floats', async () => {
  const [original, gguf] = [await repository('none'), await openGguf([bytesSource(embedderFile())])];
  expect(original.metadata).toMatchObject(gguf.metadata);
  const shapes = (file: typeof gguf) => [...file.tensors].map(([name, { shape }]) => [name, shape]).sort();
  expect(shapes(original)).toEqual(shapes(gguf));
  const { plan } = await planModel(original.metadata, original.tensors);
  expect(plan).toEqual((await planModel(gguf.metadata, gguf.tensors)).plan);

  const { tensors } = layOut(await repository('q4'), plan);
  const formats = Object.fromEntries(tensors.map(({ packed: { name, format } }) => [name, format]));
  expect(formats).toMatchObject({
    'token_embd.weight': 'q4',
    'position_embd.weight': 'f32',
    'token_types.weight': 'f32',
    'blk.1.attn_qkv.weight': 'q4',
    'blk.1.attn_qkv.bias': 'f32',
  });
});
