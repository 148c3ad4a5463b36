// Text parity: an original repository and the GGUF of the same model generate the same tokens.
import { expect } from 'vitest';
import { readConfig } from '../../../model/glm4/config';
import { planTensors } from '../../../model/glm4/tensors';
import { Engine } from '../../../runtime/engine';
import { addedText, user } from '../../../testing/chat';
import { writeGguf, type GgufTensorData } from '../../../testing/gguf';
import { gpuTest } from '../../../testing/gpuTest';
import { officialModel, type Layout, type OfficialFile } from '../../../testing/officialModel';
import { compareLogits } from '../../../testing/parity';
import { encodeWeights } from '../../../testing/randomWeights';
import { randomPrompt, tinyModel, type TinyModel, type TinyModelSpec } from '../../../testing/tinyModel';
import { memoryCache } from '../../stored/cache';
import { importModel } from '../../pack/importer';
import { bytesSource } from '../sources';
import { readImage, unpack } from '../../testKit';
import { openOfficialModel } from './openOfficialModel';

const NUM_GREEDY = 16;
const never = new AbortController().signal;
const cache = memoryCache();
// Float files need float activations; so does the reference.
const kernels = { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const;
const engine = new Engine({ gpuApi: navigator.gpu, cache, kernels });

const SMALL = { hiddenSize: 128, numHeads: 4, headDim: 32, ropeDims: 16, ffnSize: 192, vocabSize: 600 };
const CASES: [layout: Layout, spec: TinyModelSpec][] = [
  ['thudm', { ...SMALL, architecture: 'chatglm', type: 'BF16', ropeBase: 5e6 }],
  ['hf', { ...SMALL, architecture: 'glm4', type: 'BF16', rmsEps: 1e-5 }],
];

for (const [layout, spec] of CASES) {
  gpuTest(`${layout}: generates the same text as the GGUF of the same weights`, async ({ gpu: _ }) => {
    const model = tinyModel(spec);
    await importOfficial(`${layout}-exact`, officialModel(model, { layout }), 'none');
    const official = await answer(model, { kind: 'cached', id: `${layout}-exact` });
    const gguf = await answer(model, ggufFile(model.bytes));
    expect(official.text).toBe(gguf.text);
    expect(official.text.length).toBeGreaterThan(0);
    expect(official.logits.greedy).toEqual(gguf.logits.greedy);
    expect(compareLogits(official.logits.all!, gguf.logits.all!).maxOverRms).toBeLessThan(1e-5);
  });

  gpuTest(
    `${layout}: INT4 generates the same as a float GGUF of the dequantised values`,
    async ({ gpu: _ }) => {
      const model = tinyModel(spec);
      const { manifest, image } = await importOfficial(
        `${layout}-q4`,
        officialModel(model, { layout }),
        'q4',
      );
      const tensors = model.file.tensors.map((tensor): GgufTensorData => {
        const data = encodeWeights('F32', unpack(manifest, image, tensor.name));
        return { ...tensor, type: 'F32', data };
      });
      const quantised = await answer(model, { kind: 'cached', id: `${layout}-q4` });
      const float = await answer(model, ggufFile(writeGguf({ ...model.file, tensors })));
      const { maxOverRms } = compareLogits(quantised.logits.all!, float.logits.all!);
      expect(maxOverRms).toBeLessThan(1e-3);
      expect(quantised.logits.greedy).toEqual(float.logits.greedy);
    },
  );
}

async function importOfficial(id: string, files: OfficialFile[], quantize: 'q4' | 'none') {
  const sources = files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes, name) }));
  const gguf = await openOfficialModel(sources, { name: 'Tiny', quantize });
  const plan = planTensors(readConfig(gguf.metadata, gguf.tensors), gguf.tensors);
  const manifest = await importModel({ id, name: 'Tiny', origin: id, gguf, plan, cache });
  return { manifest, image: await readImage(manifest, cache) };
}

type Source = Parameters<Engine['load']>[0];

function ggufFile(bytes: Uint8Array): Source {
  return { kind: 'files', files: [new File([bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')] };
}

/** Logits and greedy tokens after a prompt, and the text of a chat. */
async function answer({ shape }: TinyModel, source: Source) {
  await engine.load(source, { kvFormat: 'f32', contextTokens: 256 }, () => {}, never);
  const ids = randomPrompt(shape, 24, 3);
  const logits = await engine.logits({ ids, greedy: NUM_GREEDY, all: true }, never);
  let text = '';
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 1 };
  await engine.generate(
    { messages: [user('hello 你好')], sampling, maxTokens: NUM_GREEDY },
    (event) => (text += addedText(event)),
    never,
  );
  return { logits, text };
}
