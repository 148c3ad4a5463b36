// The engine on a GPU that computes wrongly: kernels are altered on their way to the compiler, as a driver's fault would.
import { expect } from 'vitest';
import type { KernelTuning } from '../gpu/tuning';
import type { KeptTuning } from '../model/tuningStore';
import type { GenerateEvent, SamplingParams } from '../protocol/chat';
import { addedText, user } from '../testing/chat';
import { expectClose } from '../testing/expectClose';
import { gpuTest } from '../testing/gpuTest';
import { tinyModel } from '../testing/tinyModel';
import { wrongGpu, type Alter } from '../testing/wrongGpu';
import { memoryCache } from '../weights/stored/cache';
import { memoryStore } from '../weights/stored/storage';
import { Engine } from './engine';

const GREEDY: SamplingParams = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const notAborted = new AbortController().signal;
const IDS = Array.from({ length: 40 }, (_, i) => 3 + 7 * i);

/** An engine on such a GPU, with a Q4_0 model to load. */
function engineOn(alter: Alter, kernels?: Partial<KernelTuning>) {
  const { api, compiled } = wrongGpu(navigator.gpu, alter);
  const store = memoryStore<string, KeptTuning>();
  const writes: KeptTuning[] = [];
  const tunings = {
    ...store,
    set: (key: string, kept: KeptTuning) => (writes.push(kept), store.set(key, kept)),
  };
  const engine = new Engine({ gpuApi: api, cache: memoryCache(), tunings, kernels });
  const { bytes, name } = tinyModel({ architecture: 'chatglm', type: 'Q4_0' });
  const file = new File([bytes as Uint8Array<ArrayBuffer>], `${name}.gguf`);
  const load = () =>
    engine.load({ kind: 'files', files: [file] }, { contextTokens: 512 }, () => {}, notAborted);
  return { engine, load, compiled, writes };
}

const unaltered: Alter = (_, wgsl) => wgsl;
/** From the tests of a right device, for those after them. */
let right: { logits: Float32Array; greedy: number[]; promptTokens: number };
const LONG = [user('go on and on '.repeat(40))];

gpuTest(
  'a device is checked at the first load: every pipeline that the model needs, and none twice',
  async ({ gpu: _ }) => {
    const { engine, load, compiled, writes } = engineOn(unaltered);
    const { warnings } = await load();
    expect(warnings.filter((text) => text.includes('kernel'))).toEqual([]);
    expect(writes).toHaveLength(1);
    const { verdicts } = writes[0].checked ?? {};
    const checked = Object.keys(verdicts ?? {});
    const label = (text: string) =>
      text.replaceAll(' ', '_').replace(/_?\{"|"|\}$/g, (part) => (part.includes('{') ? ':' : ''));
    const names = [...compiled].map((text) => {
      const [, kernel, constants] = /^(.*?) (\{.*\})$/.exec(text) ?? [];
      const values = Object.entries(JSON.parse(constants) as object).map(([key, value]) => `${key}=${value}`);
      return [label(kernel), ...(values.length > 0 ? [values.join()] : [])].join(':');
    });
    expect(names.filter((name) => !checked.includes(name))).toEqual([]);
    expect(checked.length).toBeGreaterThan(10);
    expect(Object.values(verdicts ?? {}).every((verdict) => verdict.right)).toBe(true);
    const before = compiled.size;
    await load();
    expect([writes.length, compiled.size]).toEqual([1, before]);
    const { all, greedy } = await engine.logits({ ids: IDS, all: true, greedy: 4 }, notAborted);
    right = {
      logits: all ?? new Float32Array(),
      greedy,
      promptTokens: await engine.countTokens({ messages: LONG }),
    };
  },
);

gpuTest(
  'kernels that compute wrongly are replaced: the logits are those of a right device',
  async ({ gpu }) => {
    const alter: Alter = (kernel, wgsl) => {
      if (kernel === 'argmax') return wgsl.replace('logit > best_logit', 'logit < best_logit');
      if (kernel.startsWith('matvec rope')) return 'this driver does not compile it';
      if (kernel.endsWith(' f16'))
        return wgsl.replaceAll('unpack2x16float(quad.y)', 'unpack2x16float(quad.x)');
      if (kernel.includes('subgroups'))
        return wgsl.replace('low = subgroupAdd(low)', 'low = 1.01 * subgroupAdd(low)');
      if (kernel.includes('dot4'))
        return wgsl.replace('+ dot4I8Packed(w.high.w', '+ 1 + dot4I8Packed(w.high.w');
      return wgsl;
    };
    const subgroupLanes = gpu.gpu.device.features.has('subgroups') ? 32 : 0;
    const { engine, load, writes } = engineOn(alter, { subgroupLanes });
    const { warnings } = await load();
    const replaced = warnings.filter((text) => text.includes('computes the kernel')).join('\n');
    for (const kernel of ['argmax', 'matvec_rope', 'attention_f16', 'matvec_q4', '_dot4'])
      expect(replaced).toContain(kernel);
    const verdicts = Object.entries(writes.at(-1)?.checked?.verdicts ?? {});
    expect(verdicts.some(([, { failure }]) => failure)).toBe(true);
    const { all, greedy } = await engine.logits({ ids: IDS, all: true, greedy: 4 }, notAborted);
    expectClose(all ?? [], right.logits, { ofRms: 0.1 }); // int8 and f16 gave way to floats
    expect(greedy).toEqual(right.greedy);
    const before = writes.length;
    await load(); // known: nothing runs, and the same kernels are replaced
    expect(writes.length).toBe(before);
  },
);

gpuTest(
  'when no kernel of a kind is right, the load fails with its name and the difference',
  async ({ gpu }) => {
    const { engine, load } = engineOn((kernel, wgsl) =>
      kernel.startsWith('embed') ? wgsl.replace('put(to, codes.a', 'put(to, 1.5 * codes.a') : wgsl,
    );
    await expect(load()).rejects.toMatchObject({
      code: 'kernel-wrong',
      details: { kernel: 'embed_q4', device: gpu.gpu.name, refused: 'no' },
    });
    await expect(load()).rejects.toMatchObject({ code: 'kernel-wrong' });
    expect(engine.memory.residents).toEqual([]);
  },
);

gpuTest(
  'NaN in the logits stops the answer, what was written stays, and the next answer works',
  async ({ gpu: _ }) => {
    const bad = right.promptTokens + 6; // the check looks at 150 positions
    expect(bad).toBeGreaterThan(160);
    const { engine, load, writes } = engineOn(
      (kernel, wgsl) =>
        kernel === 'attention_combine'
          ? wgsl.replace('sum / total', `sum / select(total, 0.0, state.slot > ${bad}u)`)
          : wgsl,
      { nibbles: 'f32', bytes: 'f32', prefill: 'f32' },
    );
    await load();
    let written = '';
    const ask = (messages = LONG, sampling = GREEDY) =>
      engine.generate(
        { messages, sampling, maxTokens: 40 },
        (event: GenerateEvent) => (written += addedText(event)),
        notAborted,
      );
    for (const sampling of [GREEDY, { ...GREEDY, temperature: 1, topP: 0.9 }]) {
      written = '';
      await expect(ask(LONG, sampling)).rejects.toMatchObject({
        code: 'logits-not-finite',
        details: { tokens: 8 },
      });
      expect(written.length).toBeGreaterThan(0);
    }
    expect(writes.at(-1)?.checked?.verdicts).toEqual({}); // checked again at the next load
    const short = await ask([user('hello')], { ...GREEDY, temperature: 1 });
    expect(short.reusedTokens).toBe(0); // nothing of the cache is trusted
  },
);

gpuTest(
  'a check of the whole device tells which kernels are wrong, and ends when it is stopped',
  async ({ gpu: _ }) => {
    const { engine, writes } = engineOn((kernel, wgsl) =>
      kernel === 'argmax' ? wgsl.replace('logit > best_logit', 'logit < best_logit') : wgsl,
    );
    const stop = new AbortController();
    const found = new Map<string, boolean>();
    let all = 0;
    const check = engine.checkDevice(({ kernels, total }) => {
      for (const { kernel, right: isRight } of kernels) found.set(kernel, isRight);
      all = total;
      if (found.has('argmax')) stop.abort(new DOMException('Stopped', 'AbortError'));
    }, stop.signal);
    await expect(check).rejects.toMatchObject({ name: 'AbortError' });
    expect(all).toBeGreaterThan(100);
    expect([found.get('argmax'), found.get('sample')]).toEqual([false, true]);
    expect(writes.at(-1)?.checked?.verdicts.argmax.right).toBe(false); // known at the next load
  },
);
