import { describe, expect, it } from 'vitest';
import { listChoices, parseModelAddress } from './address';
import { HUGGING_FACE, mirrorHub, MODELSCOPE } from './hubs';

const MIRROR = mirrorHub('https://hf-mirror.com');
const HF = 'https://huggingface.co';
const MS = 'https://www.modelscope.cn';

describe('parseModelAddress', () => {
  it.each([
    [`${HF}/o/r/resolve/main/m-Q4_0.gguf?download=true`, `${HF}/o/r/resolve/main/m-Q4_0.gguf`],
    [`${HF}/o/r/blob/main/sub/m.gguf`, `${HF}/o/r/resolve/main/sub/m.gguf`],
    [`https://hf.co/o/r/blob/abc123/m.gguf`, `${HF}/o/r/resolve/abc123/m.gguf`],
    ['o/r/sub/m.gguf', `${HF}/o/r/resolve/main/sub/m.gguf`],
    [`${MS}/models/o/r/resolve/master/m.gguf`, `${MS}/models/o/r/resolve/master/m.gguf`],
    ['https://modelscope.cn/models/o/r/file/view/master/m.gguf', `${MS}/models/o/r/resolve/master/m.gguf`],
    ['https://example.org/m.gguf?key=1', 'https://example.org/m.gguf?key=1'],
    ['http://127.0.0.1:8000/x/m.gguf', 'http://127.0.0.1:8000/x/m.gguf'],
    ['https://hf-mirror.com/o/r/blob/main/m.gguf', 'https://hf-mirror.com/o/r/resolve/main/m.gguf'],
    ['https://hf-mirror.com/o/r/resolve/main/m.gguf', 'https://hf-mirror.com/o/r/resolve/main/m.gguf'],
    ['https://mirror.example:8443/o/r/raw/v1/m.gguf', 'https://mirror.example:8443/o/r/resolve/v1/m.gguf'],
    ['huggingface.co/o/r/blob/main/m.gguf', `${HF}/o/r/resolve/main/m.gguf`],
    ['www.modelscope.cn/models/o/r/resolve/master/m.gguf', `${MS}/models/o/r/resolve/master/m.gguf`],
    ['example.org/a/m.gguf', 'https://example.org/a/m.gguf'],
    ['example.org/m.gguf', 'https://example.org/m.gguf'],
    ['localhost:8000/m.gguf', 'http://localhost:8000/m.gguf'],
    ['192.168.1.5:8000/a/b/m.gguf', 'http://192.168.1.5:8000/a/b/m.gguf'],
    ['https://github.com/o/r/blob/main/a/m.gguf', 'https://raw.githubusercontent.com/o/r/main/a/m.gguf'],
    [
      'https://github.com/o/r/releases/download/v1/m.gguf',
      'https://github.com/o/r/releases/download/v1/m.gguf',
    ],
    ['https://example.org/models/latest?key=1', 'https://example.org/models/latest?key=1'],
    [`${HF}/o/r/blob/main/m-00002-of-00003.gguf`, `${HF}/o/r/resolve/main/m-00001-of-00003.gguf`],
  ])('%s is parsed as the file %s', (text, url) =>
    expect(parseModelAddress(text, HUGGING_FACE)).toMatchObject({ kind: 'url', url }),
  );

  it.each([
    ['zai-org/glm-4-9b-chat', HUGGING_FACE, undefined],
    [`${HF}/zai-org/glm-4-9b-chat`, HUGGING_FACE, undefined],
    [`${HF}/zai-org/glm-4-9b-chat/tree/main`, HUGGING_FACE, 'main'],
    [`${HF}/zai-org/glm-4-9b-chat/blob/main/model-00001-of-00010.safetensors`, HUGGING_FACE, 'main'],
    [`${HF}/zai-org/glm-4-9b-chat/discussions/5`, HUGGING_FACE, undefined],
    [`${MS}/models/zai-org/glm-4-9b-chat/files`, MODELSCOPE, undefined],
    [`https://modelscope.cn/models/zai-org/glm-4-9b-chat/summary`, MODELSCOPE, undefined],
  ])('%s is parsed as a repository', (text, hub, revision) => {
    expect(parseModelAddress(text, HUGGING_FACE)).toEqual({
      kind: 'repo',
      hub,
      repo: 'zai-org/glm-4-9b-chat',
      ...(revision && { revision }),
    });
  });

  it.each([
    ['https://hf-mirror.com/THUDM/glm-edge-1.5b-chat-gguf', MIRROR, undefined],
    ['hf-mirror.com/THUDM/glm-edge-1.5b-chat-gguf', MIRROR, undefined],
    ['https://hf-mirror.com/THUDM/glm-edge-1.5b-chat-gguf/tree/main', MIRROR, 'main'],
    ['https://hf-mirror.com/THUDM/glm-edge-1.5b-chat-gguf/blob/main/README.md', MIRROR, 'main'],
    ['huggingface.co/THUDM/glm-edge-1.5b-chat-gguf', HUGGING_FACE, undefined],
    ['https://other.example/THUDM/glm-edge-1.5b-chat-gguf', mirrorHub('https://other.example'), undefined],
    [
      'modelscope.ai/models/THUDM/glm-edge-1.5b-chat-gguf',
      { kind: 'modelscope', baseUrl: 'https://www.modelscope.ai' },
      undefined,
    ],
  ])('%s is read as a repository of its host', (text, hub, revision) => {
    expect(parseModelAddress(text, HUGGING_FACE)).toEqual({
      kind: 'repo',
      hub,
      repo: 'THUDM/glm-edge-1.5b-chat-gguf',
      ...(revision && { revision }),
    });
  });

  it('redirects addresses on huggingface.co to the configured mirror', () => {
    expect(parseModelAddress(`${HF}/o/r/blob/main/m.gguf`, MIRROR)).toMatchObject({
      url: 'https://hf-mirror.com/o/r/resolve/main/m.gguf',
    });
    expect(parseModelAddress('https://hf-mirror.com/o/r', MIRROR)).toMatchObject({
      hub: MIRROR,
      repo: 'o/r',
    });
    expect(parseModelAddress('o/r', MIRROR)).toMatchObject({ hub: MIRROR });
  });

  it.each(['', 'glm', 'ftp://x/y.gguf', `${HF}/`, `${HF}/datasets/o/r`, 'a b/c', '../..', 'https://'])(
    'rejects "%s"',
    (text) =>
      expect(() => parseModelAddress(text, HUGGING_FACE)).toThrow(
        expect.objectContaining({ code: 'bad-address' }),
      ),
  );

  it('keeps a stray percent sign', () =>
    expect(parseModelAddress('https://example.org/100%.gguf', HUGGING_FACE)).toMatchObject({ kind: 'url' }));
});

describe('listChoices', () => {
  const listed =
    (...names: string[]) =>
    async () =>
      names.map((path, i) => ({ type: 'file', path, size: 100 - i }));

  it('lists complete GGUF sets and original weights, smallest first', async () => {
    const fetchJson = listed(
      'm-Q8_0-00001-of-00002.gguf',
      'm-Q8_0-00002-of-00002.gguf',
      'broken-00001-of-00002.gguf',
      'mmproj-f16.gguf',
      'm-Q4_0.gguf',
      'model.safetensors',
      'config.json',
      'tokenizer.json',
      'README.md',
    );
    const choices = await listChoices({ kind: 'repo', hub: MIRROR, repo: 'o/r' }, fetchJson, 't');
    expect(choices.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['m-Q4_0.gguf', 96],
      ['m-Q8_0-00001-of-00002.gguf', 199],
      ['model.safetensors', 95 + 94 + 93],
    ]);
    const [single, split, original] = choices.map(({ source }) => source);
    expect(split.files.map(({ url }) => url)).toEqual(
      ['1', '2'].map((n) => `https://hf-mirror.com/o/r/resolve/main/m-Q8_0-0000${n}-of-00002.gguf`),
    );
    expect(single).toMatchObject({ kind: 'remote', token: 't', origin: 'huggingface:o/r/m-Q4_0.gguf' });
    expect(original.files.map(({ name }) => name)).toEqual([
      'config.json',
      'tokenizer.json',
      'model.safetensors',
    ]);
  });

  it('reports a repository without a loadable model', async () => {
    const address = { kind: 'repo', hub: HUGGING_FACE, repo: 'o/r' } as const;
    await expect(listChoices(address, listed('README.md', 'pytorch_model.bin'))).rejects.toMatchObject({
      code: 'no-model-file',
    });
  });
});
