import { describe, expect, it } from 'vitest';
import { AppError } from '../shared/errors';
import {
  fileUrl,
  HUGGING_FACE,
  listFiles,
  mirrorHub,
  MODELSCOPE,
  resolveModel,
  hubsCarrying,
  leadingVariant,
  smallerElsewhere,
  type Reach,
  variantOn,
} from './hubs';
import { findModel, recommendedVariant } from './models';

const MIRROR = mirrorHub('hf-mirror.com/');
const digest = 'AB'.repeat(32);
const edge = findModel('glm-edge-1.5b-chat')!;
const q4km = recommendedVariant(edge);

const huggingFace = (...files: [name: string, size: number, sha256?: string][]) =>
  files.map(([path, size, oid]) => ({
    type: 'file',
    path,
    size,
    oid: 'gitsha',
    ...(oid && { lfs: { oid, size } }),
  }));
const fails = (code: AppError['code']) => () => Promise.reject(new AppError(code, code));

describe('mirrorHub', () => {
  it.each([
    ['https://hf-mirror.com', 'https://hf-mirror.com'],
    ['hf-mirror.com/', 'https://hf-mirror.com'],
    [' https://example.org/hf/ ', 'https://example.org/hf'],
    ['http://localhost:8080', 'http://localhost:8080'],
  ])('accepts %s', (text, baseUrl) => expect(mirrorHub(text)).toEqual({ kind: 'mirror', baseUrl }));

  it.each([
    'http://example.org',
    'ftp://example.org',
    'https://',
    '',
    'javascript:alert(1)',
    'https://u:p@x.y',
  ])('refuses "%s"', (text) =>
    expect(() => mirrorHub(text)).toThrow(expect.objectContaining({ code: 'bad-address' })),
  );
});

describe('listFiles', () => {
  it('parses a Hugging Face listing: digests of LFS files only, folders omitted', async () => {
    let asked = '';
    const files = await listFiles(HUGGING_FACE, 'o/r', async (url) => {
      asked = url;
      return [
        { type: 'directory', path: 'x', size: 0 },
        ...huggingFace(['a.gguf', 5e9, digest], ['c.json', 7]),
      ];
    });
    expect(asked).toBe('https://huggingface.co/api/models/o/r/tree/main?recursive=true');
    expect(files).toEqual([
      { name: 'a.gguf', bytes: 5e9, sha256: digest.toLowerCase() },
      { name: 'c.json', bytes: 7, sha256: '' },
    ]);
  });

  it('parses a ModelScope listing', async () => {
    let asked = '';
    const Files = [
      { Path: 'a.gguf', Name: 'a.gguf', Type: 'blob', Size: 5, Sha256: digest },
      { Path: 'sub', Name: 'sub', Type: 'tree', Size: 0, Sha256: '' },
    ];
    const files = await listFiles(MODELSCOPE, 'o/r', async (url) => {
      asked = url;
      return { Code: 200, Success: true, Data: { Files } };
    });
    expect(asked).toBe(
      'https://www.modelscope.cn/api/v1/models/o/r/repo/files?Revision=master&Recursive=true',
    );
    expect(files).toEqual([{ name: 'a.gguf', bytes: 5, sha256: digest.toLowerCase() }]);
  });

  it('ignores invalid rows of a listing', async () => {
    const hostile = [null, 5, 'x', {}, { path: '../../etc', size: 1 }, { path: 'a', size: -1 }];
    const more = [
      { path: 'b', size: 1, lfs: { oid: '<script>' } },
      { path: 'c', size: '9' },
    ];
    expect(await listFiles(HUGGING_FACE, 'o/r', async () => [...hostile, ...more])).toEqual([
      { name: 'b', bytes: 1, sha256: '' },
    ]);
    for (const answer of [null, 'hello', {}, { Data: 1 }]) {
      for (const hub of [HUGGING_FACE, MODELSCOPE])
        await expect(listFiles(hub, 'o/r', async () => answer)).rejects.toMatchObject({
          code: 'bad-listing',
        });
    }
  });
});

describe('resolveModel', () => {
  const resolve = (hub = HUGGING_FACE, fetchJson: () => Promise<unknown> = async () => [], token?: string) =>
    resolveModel({ model: edge, variant: q4km, hub, fetchJson, token });

  it('takes sizes and digests from the listing and passes the token to the engine', async () => {
    const source = await resolve(
      HUGGING_FACE,
      async () => huggingFace(['ggml-model-Q4_K_M.gguf', 980_470_144, digest]),
      'hf_x',
    );
    const url = 'https://huggingface.co/zai-org/glm-edge-1.5b-chat-gguf/resolve/main/ggml-model-Q4_K_M.gguf';
    expect(source).toEqual({
      kind: 'remote',
      origin: 'catalogue:glm-edge-1.5b-chat/q4_k_m',
      name: 'GLM-Edge-1.5B-Chat',
      token: 'hf_x',
      files: [{ url, name: 'ggml-model-Q4_K_M.gguf', bytes: 980_470_144, sha256: digest.toLowerCase() }],
    });
  });

  it('gives the same origin on every hub', async () => {
    const modelscope = async () => ({
      Data: { Files: [{ Path: 'ggml-model-Q4_K_M.gguf', Type: 'blob', Size: 1 }] },
    });
    const there = await resolve(MODELSCOPE, modelscope);
    expect(there.files[0].url).toBe(
      'https://www.modelscope.cn/models/ZhipuAI/glm-edge-1.5b-chat-gguf/resolve/master/ggml-model-Q4_K_M.gguf',
    );
    const mirrored = await resolve(MIRROR, fails('not-found'));
    expect(mirrored.files).toEqual([
      {
        url: there.files[0].url.replace(
          /^.*?resolve\/master/,
          `${MIRROR.baseUrl}/zai-org/glm-edge-1.5b-chat-gguf/resolve/main`,
        ),
        name: 'ggml-model-Q4_K_M.gguf',
      },
    ]);
    expect(new Set([there, mirrored].map(({ origin }) => origin)).size).toBe(1);
  });

  it('holds every source against the digest that the catalogue knows', async () => {
    const model = findModel('glm-4-9b-0414')!;
    const [variant] = model.variants;
    const [[name, pin]] = Object.entries(variant.pins!);
    const from = (hub: typeof MIRROR, sha256?: string, size = pin.bytes) =>
      resolveModel({ model, variant, hub, fetchJson: async () => huggingFace([name, size, sha256]) });
    for (const source of [
      await from(HUGGING_FACE, pin.sha256),
      await from(MIRROR),
      await from(MIRROR, undefined, 5),
    ])
      expect(source.files).toMatchObject([pin]);
    await expect(from(MIRROR, digest)).rejects.toMatchObject({
      code: 'pin-mismatch',
      details: { expected: pin.sha256, found: digest.toLowerCase() },
    });
  });

  it.each(['network', 'http-error', 'bad-listing'] as const)(
    'falls back to the catalogue’s file names on %s',
    async (code) => {
      expect((await resolve(HUGGING_FACE, fails(code))).files).toHaveLength(1);
    },
  );

  it('passes on errors that have no fallback', async () => {
    await expect(resolve(HUGGING_FACE, fails('access-denied'))).rejects.toMatchObject({
      code: 'access-denied',
    });
    await expect(resolve(HUGGING_FACE, fails('not-found'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(resolve(HUGGING_FACE, async () => [])).rejects.toMatchObject({ code: 'not-found' });
    const stopped = new DOMException('stopped', 'AbortError');
    await expect(resolve(HUGGING_FACE, () => Promise.reject(stopped))).rejects.toBe(stopped);
  });

  it('rejects a hub without the variant and lists the variants of each hub', async () => {
    const model = findModel('glm-4-9b-chat')!;
    const [variant] = model.variants;
    await expect(
      resolveModel({ model, variant, hub: MODELSCOPE, fetchJson: async () => [] }),
    ).rejects.toMatchObject({ code: 'not-on-hub' });
    expect(variantOn(model, MODELSCOPE)?.id).toBe('official');
    expect(variantOn(model, HUGGING_FACE)?.id).toBe('q4_0');
    const unlabelled = { ...model, variants: model.variants.map((one) => ({ ...one, recommended: false })) };
    expect(variantOn({ ...unlabelled, variants: unlabelled.variants.toReversed() }, HUGGING_FACE)?.id).toBe(
      'q4_0',
    );
  });

  it('offers the smallest good variant, whichever hub has it, unless no hub with it answers', () => {
    const model = findModel('glm-4-9b-chat')!;
    const [hf, ms] = [HUGGING_FACE.baseUrl, MODELSCOPE.baseUrl];
    const lead = (reach: Reach) => leadingVariant(model, MODELSCOPE, reach).id;
    expect(lead({})).toBe('q4_0');
    expect(lead({ [hf]: false })).toBe('q4_0'); // ModelScope was not tried: perhaps nothing is reachable
    expect(lead({ [hf]: false, [ms]: false })).toBe('q4_0');
    expect(lead({ [hf]: false, [ms]: true })).toBe('official');
    expect(hubsCarrying(model.variants[0], MODELSCOPE)).toEqual([HUGGING_FACE]);
    expect(hubsCarrying(q4km, MODELSCOPE)).toEqual([MODELSCOPE, HUGGING_FACE]);
  });

  it('finds a smaller variant on another hub', () => {
    const model = findModel('glm-4-9b-chat')!;
    const official = variantOn(model, MODELSCOPE)!;
    expect(smallerElsewhere(model, official, MODELSCOPE)?.id).toBe('q4_0');
    expect(smallerElsewhere(model, official, HUGGING_FACE)).toBeUndefined(); // the hub has every variant
    expect(smallerElsewhere(edge, variantOn(edge, MODELSCOPE)!, MODELSCOPE)).toBeUndefined();
  });

  it('uses the shards that an original repository really lists', async () => {
    const model = findModel('glm-4-9b-0414')!;
    const variant = model.variants.find(({ id }) => id === 'official')!;
    const names = ['README.md', 'tokenizer.json', 'config.json', 'pytorch_model.bin', 'modeling.py'];
    const shards = ['model-00002-of-00002.safetensors', 'model-00001-of-00002.safetensors'];
    const listing = huggingFace(...[...names, ...shards].map((name): [string, number] => [name, 10]));
    const source = await resolveModel({ model, variant, hub: HUGGING_FACE, fetchJson: async () => listing });
    expect(source.files.map(({ name }) => name)).toEqual([
      'config.json',
      'tokenizer.json',
      ...[...shards].sort(),
    ]);
    const blind = await resolveModel({ model, variant, hub: MIRROR, fetchJson: fails('network') });
    expect(blind.files.map(({ name }) => name)).toEqual(variant.files);
  });
});

it('escapes special characters in paths', () => {
  expect(fileUrl(HUGGING_FACE, 'o/r', 'a b/c#1?.gguf')).toBe(
    'https://huggingface.co/o/r/resolve/main/a%20b/c%231%3F.gguf',
  );
});
