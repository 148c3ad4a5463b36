// Targets: model files, as the library opens them.
import fc from 'fast-check';
import { assertLoadable } from '../../library/packedModel';
import { architectureOf } from '../../model/architecture';
import { digestHex } from '../../weights/digest';
import { modelId, openGguf, type GgufFile } from '../../weights/file/gguf';
import { openOfficialModel } from '../../weights/file/official/openOfficialModel';
import { bytesSource } from '../../weights/file/sources';
import { exportModel } from '../../weights/pack/exportModel';
import { importModel, inFileOrder } from '../../weights/pack/importer';
import { layOut } from '../../weights/pack/importPlan';
import { openPack } from '../../weights/pack/importPack';
import { memoryCache } from '../../weights/stored/cache';
import { officialModel } from '../officialModel';
import { tinyModel } from '../tinyModel';
import { mutatedBytes, mutatedJson, type Json } from './mutate';
import { target, type Target } from './target';

const model = tinyModel({
  architecture: 'chatglm',
  type: 'F16',
  hiddenSize: 64,
  ffnSize: 64,
  numHeads: 2,
  headDim: 32,
  ropeDims: 16,
  numLayers: 1,
  vocabSize: 300,
  numPadding: 2,
});

/** Everything that reads a header before a byte of weights is copied. */
async function openModel(gguf: GgufFile): Promise<void> {
  await modelId(gguf);
  const architecture = architectureOf(gguf.metadata);
  const config = architecture.readConfig(gguf.metadata, gguf.tensors);
  const tokenizer = architecture.createTokenizer(gguf.metadata);
  tokenizer.encode('你好, world');
  architecture.stopIds(tokenizer, gguf.metadata).forEach((id) => tokenizer.tokenText(id));
  architecture.family(gguf.metadata);
  layOut(gguf, inFileOrder(gguf, architecture.planTensors(config, gguf.tensors)));
}

async function readPack(bytes: Uint8Array): Promise<void> {
  const pack = await openPack(bytesSource(bytes, 'm.glmpack'));
  if (pack) await assertLoadable(pack.manifest, 'm.glmpack');
}

/** The exported model as bytes, and its manifest. */
async function exported(): Promise<{ bytes: Uint8Array; manifest: Json; image: Uint8Array }> {
  const cache = memoryCache();
  const gguf = await openGguf([bytesSource(model.bytes)]);
  const architecture = architectureOf(gguf.metadata);
  const plan = architecture.planTensors(architecture.readConfig(gguf.metadata, gguf.tensors), gguf.tensors);
  const manifest = await importModel({ id: 'm', name: 'm', origin: 'm.gguf', gguf, plan, cache });
  const bytes = new Uint8Array(await (await exportModel(cache, manifest)).blob.arrayBuffer());
  return { bytes, manifest: JSON.parse(JSON.stringify(manifest)) as Json, image: bytes.slice(bytes.length - manifest.packedBytes) }; // prettier-ignore
}

/** A pack with this manifest and its right digest. */
async function packOf(manifest: Json, image: Uint8Array): Promise<Uint8Array> {
  const json = new TextEncoder().encode(JSON.stringify(manifest));
  const header = new Uint8Array(80);
  header.set(new TextEncoder().encode('GLMPACK\n'));
  new DataView(header.buffer).setUint32(8, 1, true);
  new DataView(header.buffer).setUint32(12, json.length, true);
  header.set(new TextEncoder().encode(await digestHex(json)), 16);
  return Buffer.concat([header, json, image]);
}

export async function modelTargets(): Promise<Target[]> {
  const pack = await exported();
  const files = (['thudm', 'hf'] as const).flatMap((layout) => {
    const all = officialModel(model, { layout, shards: 1 });
    return all.map((_, index) => ({ all, index }));
  });
  const official = fc.constantFrom(...files).chain(({ all, index }) => {
    const { name, bytes } = all[index];
    const changed = /\.json$/.test(name)
      ? fc.oneof(
          mutatedJson(JSON.parse(new TextDecoder().decode(bytes)) as Json).map((json) =>
            Buffer.from(JSON.stringify(json)),
          ),
          mutatedBytes(bytes),
        )
      : mutatedBytes(bytes);
    return changed.map((put) =>
      all.map((file, i) => (i === index ? { name, bytes: new Uint8Array(put) } : file)),
    );
  });
  return [
    target({
      name: 'GGUF',
      mutants: mutatedBytes(model.bytes),
      read: async (bytes) => openModel(await openGguf([bytesSource(bytes)])),
    }),
    target({
      name: 'safetensors and its repository',
      mutants: official,
      read: async (changed) => {
        const sources = changed.map(({ name, bytes }) => ({ name, source: bytesSource(bytes, name) }));
        await openModel(await openOfficialModel(sources, { name: 'm' }));
      },
    }),
    target({ name: 'pack', mutants: mutatedBytes(pack.bytes), read: readPack }),
    target({
      name: 'manifest of a pack',
      mutants: mutatedJson(pack.manifest),
      read: async (manifest) => readPack(await packOf(manifest, pack.image)),
    }),
  ];
}
