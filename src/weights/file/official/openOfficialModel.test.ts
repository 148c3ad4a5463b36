import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../model/glm4/config';
import { planTensors } from '../../../model/glm4/tensors';
import { modelFamily, stopIds } from '../../../model/modelFamily';
import { jsonFile, officialModel, type Layout, type OfficialFile } from '../../../testing/officialModel';
import { withHeader, writeSafetensors } from '../../../testing/safetensors';
import { tinyModel, type TinyModel, type TinyModelSpec } from '../../../testing/tinyModel';
import { createTokenizer, mergesAreRedundant } from '../../../tokenizer/tokenizer';
import { memoryCache } from '../../stored/cache';
import { modelId, openGguf, type GgufFile } from '../gguf';
import { importModel } from '../../pack/importer';
import { bytesSource } from '../sources';
import { failureOf, readImage, unpack } from '../../testKit';
import { isOfficialModel } from './isOfficialModel';
import { openOfficialModel, type OfficialOptions } from './openOfficialModel';

/** Small for a fast test; rows and groups still differ between matrices. */
const SMALL = { hiddenSize: 64, numHeads: 4, headDim: 32, ropeDims: 16, ffnSize: 96, vocabSize: 600 };

function small(spec: TinyModelSpec): TinyModel {
  return tinyModel({ ...SMALL, ...spec });
}

function open(files: OfficialFile[], options: Partial<OfficialOptions> = {}): Promise<GgufFile> {
  const sources = files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes, name) }));
  return openOfficialModel(sources, { name: 'Tiny', ...options });
}

/** Imports as the engine does. */
async function pack(gguf: GgufFile) {
  const cache = memoryCache();
  const config = readConfig(gguf.metadata, gguf.tensors);
  const plan = planTensors(config, gguf.tensors);
  const manifest = await importModel({ id: 'x', name: 'x', origin: 'x', gguf, plan, cache });
  return { config, manifest, image: await readImage(manifest, cache) };
}

/** `files` with one file replaced, or removed by null. */
function change(
  files: OfficialFile[],
  name: string,
  make: (json: Record<string, unknown>, bytes: Uint8Array<ArrayBuffer>) => OfficialFile | null,
): OfficialFile[] {
  return files.flatMap((file) => {
    if (file.name !== name) return file;
    const json = name.endsWith('.json') ? JSON.parse(new TextDecoder().decode(file.bytes)) : {};
    return make(json as Record<string, unknown>, file.bytes) ?? [];
  });
}

const CASES: [label: string, layout: Layout, spec: TinyModelSpec][] = [
  ['glm-4-9b-chat', 'thudm', { architecture: 'chatglm', type: 'BF16', ropeBase: 5e6 }],
  ['glm-4-9b-chat-1m', 'thudm', { architecture: 'chatglm', type: 'F16', ropeBase: 1e8, numKvHeads: 4 }],
  ['glm-4-9b-hf', 'hf', { architecture: 'chatglm', type: 'BF16' }],
  ['glm-edge', 'hf', { architecture: 'chatglm', type: 'F32', ropeDims: 32, qkvBias: false }],
  ['glm-edge, tied head', 'hf', { architecture: 'chatglm', type: 'BF16', ropeDims: 32, tiedHead: true }],
  ['GLM-4-0414', 'hf', { architecture: 'glm4', type: 'BF16', rmsEps: 1e-5 }],
];

describe('an original repository and the GGUF of the same model', () => {
  test.each(CASES)('%s: the same configuration and packed bytes', async (_, layout, spec) => {
    const model = small(spec);
    const official = await pack(
      await open(officialModel(model, { layout }), { name: model.name, quantize: 'none' }),
    );
    const gguf = await pack(await openGguf([bytesSource(model.bytes)]));
    expect(official.config).toEqual(gguf.config);
    expect(official.manifest.tensors).toEqual(gguf.manifest.tensors);
    expect(official.manifest.shardDigests).toEqual(gguf.manifest.shardDigests);
  });

  test.each(['thudm', 'hf'] as const)('%s: the same tokenizer', async (layout) => {
    const model = small({ architecture: 'chatglm', type: 'BF16' });
    const { metadata } = await open(officialModel(model, { layout }));
    const { metadata: want } = await openGguf([bytesSource(model.bytes)]);
    const [got, expected] = [createTokenizer(metadata), createTokenizer(want)];
    expect(metadata['tokenizer.ggml.tokens']).toEqual(want['tokenizer.ggml.tokens']);
    expect(metadata['tokenizer.ggml.token_type']).toEqual(want['tokenizer.ggml.token_type']);
    expect(got.numRealTokens).toBe(expected.numRealTokens);
    expect(stopIds(got, metadata)).toEqual(stopIds(expected, want));
    for (const text of ['hello 你好, wörld! 123456', 'aaaaabababab <|user|>', '😀\n\n  x\t']) {
      expect(got.encode(text)).toEqual(expected.encode(text));
      expect(got.decode(got.encode(text))).toBe(text);
    }
    expect(got.specialId('<|observation|>')).toBe(expected.specialId('<|observation|>'));
  });

  test('merges that follow the ranks are recognised as redundant, in both notations', async () => {
    const files = officialModel(small({ architecture: 'glm4', type: 'F32' }), { layout: 'hf' });
    const pairs = change(files, 'tokenizer.json', (json) => {
      const model = json.model as { merges: string[] };
      const merges = model.merges.map((merge) => merge.split(' '));
      return jsonFile('tokenizer.json', { ...json, model: { ...model, merges } });
    });
    for (const repository of [files, pairs])
      expect(mergesAreRedundant((await open(repository)).metadata)).toBe(true);
  });
});

describe('quantised during the import', () => {
  test('matrices become q4 close to their values, vectors stay f32', async () => {
    const model = small({ architecture: 'glm4', type: 'BF16' });
    const files = officialModel(model, { layout: 'hf' });
    const { manifest, image } = await pack(await open(files));
    const exact = await pack(await open(files, { quantize: 'none' }));
    for (const { name, kind, format } of manifest.tensors) {
      expect(format).toBe(kind === 'matrix' ? 'q4' : 'f32');
      const [got, want] = [unpack(manifest, image, name), unpack(exact.manifest, exact.image, name)];
      if (kind === 'vector') expect(got).toEqual(want);
      else {
        let error = 0;
        let power = 0;
        want.forEach((value, i) => {
          error += (got[i] - value) ** 2;
          power += value ** 2;
        });
        expect(Math.sqrt(error / power), name).toBeLessThan(0.085); // 0.086 when rounded to nearest
      }
    }
    const matrices = manifest.tensors.filter(({ kind }) => kind === 'matrix');
    const perWeight = matrices.map(
      ({ byteLength, shape }) => byteLength / (Math.ceil(shape[0] / 64) * 64 * shape[1]),
    );
    expect(new Set(perWeight.slice(1, 3))).toEqual(new Set([4.5 / 8]));
  });

  test('has another id than the unquantised model, and the same id from any mirror', async () => {
    const files = officialModel(small({ architecture: 'chatglm', type: 'BF16' }), { layout: 'thudm' });
    const id = await modelId(await open(files));
    expect(await modelId(await open(files, { quantize: 'none' }))).not.toBe(id);
    const shuffled = files.toReversed().map((file) => ({ ...file, name: `snapshots/main/${file.name}` }));
    expect(await modelId(await open(shuffled))).toBe(id);
    const edited = change(files, 'config.json', (json) =>
      jsonFile('config.json', { ...json, rope_ratio: 500 }),
    );
    expect(await modelId(await open(edited))).not.toBe(id);
  });
});

describe('metadata', () => {
  const model = small({ architecture: 'chatglm', type: 'F32' });
  const thudm = officialModel(model, { layout: 'thudm' });
  const hf = officialModel(small({ architecture: 'glm4', type: 'F32' }), { layout: 'hf' });
  const configured = (files: OfficialFile[], keys: Record<string, unknown>): OfficialFile[] =>
    change(files, 'config.json', (json) => jsonFile('config.json', { ...json, ...keys }));

  test('family and licence follow the name, or the makers’ own name', async () => {
    const named = await open(thudm, { name: 'CodeGeeX4-ALL-9B' });
    expect(modelFamily(named.metadata).id).toBe('codegeex4');
    const byOrigin = await open(configured(thudm, { _name_or_path: 'THUDM/codegeex4-all-9b' }), {
      name: 'My copy',
    });
    expect(modelFamily(byOrigin.metadata).id).toBe('codegeex4');
    expect(modelFamily((await open(hf, { name: 'GLM-Z1-9B-0414', license: 'mit' })).metadata)).toMatchObject({
      id: 'glm-z1',
      licence: { badge: '' },
    });
  });

  test('reads rope settings of newer configuration files', async () => {
    const { metadata } = await open(
      configured(hf, {
        rope_theta: undefined,
        partial_rotary_factor: undefined,
        rope_parameters: { rope_type: 'default', rope_theta: 20000, partial_rotary_factor: 0.25 },
      }),
    );
    expect(metadata['glm4.rope.freq_base']).toBe(20000);
    expect(metadata['glm4.rope.dimension_count']).toBe(8);
  });

  test('reads YaRN settings', async () => {
    const rope_scaling = { type: 'yarn', factor: 4, original_max_position_embeddings: 128 };
    const { metadata, tensors } = await open(configured(hf, { rope_scaling }));
    expect(readConfig(metadata, tensors).yarn).toEqual({ factor: 4, originalContext: 128 });
  });

  test('reads a chat template from its own file', async () => {
    const template = { name: 'chat_template.jinja', bytes: new TextEncoder().encode('{{ x }}') };
    expect((await open([...hf, template])).metadata['tokenizer.chat_template']).toBe('{{ x }}');
    expect((await open(thudm)).metadata['tokenizer.chat_template']).toContain('[gMASK]<sop>');
  });

  test.each([
    ['bad-config', { num_layers: undefined }],
    ['bad-config', { hidden_size: 'wide' }],
    ['bad-config', { original_rope: false }],
    ['bad-config', { quantization_config: { quant_method: 'gptq' } }],
    ['bad-config', { rope_ratio: -1 }],
    ['unsupported-architecture', { model_type: 'llama' }],
  ])('fails with %s for a configuration with %j', async (code, keys) => {
    expect((await failureOf(() => open(configured(thudm, keys)))).code).toBe(code);
  });

  test('reads linear position scaling, and rejects kinds that the engine does not compute', async () => {
    const { metadata, tensors } = await open(
      configured(hf, { rope_scaling: { rope_type: 'linear', factor: 2 } }),
    );
    expect(readConfig(metadata, tensors)).toMatchObject({ ropeFactor: 2 });
    const { code, message } = await failureOf(() =>
      open(configured(hf, { rope_scaling: { rope_type: 'longrope', factor: 2 } })),
    );
    expect(code).toBe('bad-config');
    expect(message).toContain('longrope');
  });
});

describe('invalid files', () => {
  const files = officialModel(small({ architecture: 'chatglm', type: 'BF16' }), { layout: 'thudm' });
  const [first, second] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const INDEX = 'model.safetensors.index.json';

  test.each([['config.json'], ['tokenizer_config.json'], [second]])('%s is missing', async (name) => {
    const failure = await failureOf(() => open(change(files, name, () => null)));
    expect(failure.code).toBe('missing-file');
    expect(failure.details).toEqual({ name });
  });

  test('the tokenizer is missing', async () => {
    const failure = await failureOf(() => open(change(files, 'tokenizer.model', () => null)));
    expect(failure.details).toEqual({ name: 'tokenizer.json' });
  });

  test('without an index, the numbered names state which files exist', async () => {
    const noIndex = change(files, INDEX, () => null);
    expect((await open(noIndex)).tensors.size).toBe((await open(files)).tensors.size);
    const failure = await failureOf(() => open(change(noIndex, first, () => null)));
    expect(failure).toMatchObject({ code: 'missing-file', details: { name: first } });
  });

  test('an index names a tensor that its file lacks', async () => {
    const broken = change(files, INDEX, (json) => {
      const map = { ...(json.weight_map as object), 'transformer.lost.weight': first };
      return jsonFile(INDEX, { ...json, weight_map: map });
    });
    const failure = await failureOf(() => open(broken));
    expect(failure.code).toBe('bad-safetensors');
    expect(failure.details?.why).toContain('transformer.lost.weight');
  });

  test('a tensor is in two files', async () => {
    const noIndex = change(files, INDEX, () => null);
    const double = change(noIndex, second, (_, bytes) => ({ name: second, bytes }));
    const copy = change(double, second, () => ({
      name: second,
      bytes: files.find(({ name }) => name === first)!.bytes,
    }));
    expect((await failureOf(() => open(copy))).details?.why).toContain('which is in');
  });

  test('an index lacks weight_map, or is a login page', async () => {
    const empty = change(files, INDEX, () => jsonFile(INDEX, {}));
    expect(await failureOf(() => open(empty))).toMatchObject({
      code: 'bad-config',
      details: { name: INDEX },
    });
    const html = { name: INDEX, bytes: new TextEncoder().encode('<!doctype html><title>Log in</title>') };
    const failure = await failureOf(() => open(change(files, INDEX, () => html)));
    expect(failure).toMatchObject({ code: 'bad-config' });
    expect(failure.details?.why).toContain('HTML');
  });

  test('the output head is missing though the configuration requires one', async () => {
    const name = 'model.safetensors';
    const config = files.find((file) => file.name === 'config.json')!;
    const embedding = {
      name: 'transformer.embedding.word_embeddings.weight',
      dtype: 'F32' as const,
      shape: [2, 32],
      data: new Uint8Array(256),
    };
    const failure = await failureOf(() => open([config, { name, bytes: writeSafetensors([embedding]) }]));
    expect(failure.code).toBe('missing-tensor');
  });

  test("ChatGLM3's SentencePiece is rejected by name", async () => {
    const piece = { name: 'tokenizer.model', bytes: Uint8Array.of(10, 14, 10, 5, 60, 117, 110, 107, 62) };
    const failure = await failureOf(() => open(change(files, 'tokenizer.model', () => piece)));
    expect(failure).toMatchObject({ code: 'unsupported-tokenizer', details: { model: 'sentencepiece' } });
  });

  test('more tokens than embedding rows', async () => {
    const many = change(files, 'tokenizer_config.json', (json) => {
      const added = json.added_tokens_decoder as object;
      return jsonFile('tokenizer_config.json', {
        added_tokens_decoder: { ...added, 9999: { content: '<x>' } },
      });
    });
    expect((await failureOf(() => open(many))).code).toBe('bad-config');
  });

  test('broken weights fail before anything is imported', async () => {
    const html = { name: first, bytes: withHeader('<html>', 0) };
    expect((await failureOf(() => open(change(files, first, () => html)))).code).toBe('bad-safetensors');
  });
});

test('repositories are recognised by their file names', () => {
  expect(isOfficialModel([{ name: 'config.json' }, { name: 'model-00001-of-00004.safetensors' }])).toBe(true);
  expect(isOfficialModel([{ name: 'glm-4-9b-chat-Q4_K_M.gguf' }])).toBe(false);
});
