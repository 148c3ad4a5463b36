// Imports original repositories as the app does and writes their dequantised INT4 weights into each folder, as
// int4.safetensors: F32, under GGUF names. See README.md here.
import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { architectureOf } from '../../src/model/architecture';
import { writeSafetensors } from '../../src/testing/safetensors';
import { memoryCache } from '../../src/weights/stored/cache';
import { importModel } from '../../src/weights/pack/importer';
import { openOfficialModel } from '../../src/weights/file/official/openOfficialModel';
import { readImage, unpack } from '../../src/weights/testKit';
import type { WeightSource } from '../../src/weights/types';
import { commandLine } from '../commandLine';

const OUTPUT = 'int4.safetensors';
const { positionals: folders, refusal } = commandLine(
  'node scripts/run.mjs scripts/quantize/quantize.ts FOLDER…',
  {},
);
if (folders.length === 0) throw refusal('No folder is named.');
for (const folder of folders) await quantize(folder);

async function quantize(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name !== OUTPUT);
  const files = names.map((name) => ({ name, source: fileOnDisk(join(folder, name), name) }));
  const gguf = await openOfficialModel(files, { name: 'checkpoint' });
  const architecture = architectureOf(gguf.metadata);
  const config = architecture.readConfig(gguf.metadata, gguf.tensors);
  const plan = architecture.planTensors(config, gguf.tensors);
  const cache = memoryCache();
  const manifest = await importModel({ id: 'kl', name: 'checkpoint', origin: folder, gguf, plan, cache });
  const image = await readImage(manifest, cache);
  const tensors = manifest.tensors.map(({ name, shape }) => {
    const data = new Uint8Array(unpack(manifest, image, name).buffer);
    return { name, dtype: 'F32' as const, shape, data };
  });
  await writeFile(join(folder, OUTPUT), writeSafetensors(tensors));
  console.log(`${folder}: ${tensors.length} tensors, packed into ${manifest.packedBytes} bytes`);
}

function fileOnDisk(path: string, name: string): WeightSource {
  return {
    name,
    async byteLength() {
      const file = await open(path);
      const { size } = await file.stat();
      await file.close();
      return size;
    },
    async read(offset, length) {
      const file = await open(path);
      const bytes = new Uint8Array(length);
      await file.read(bytes, 0, length, offset);
      await file.close();
      return bytes;
    },
  };
}
