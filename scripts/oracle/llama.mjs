// llama.cpp as an oracle: the raw logits after a prompt and a greedy continuation, on the CPU.
//
//   node scripts/oracle/llama.mjs FILE --ids 1,2,3 [--greedy 64] [--kv F32|F16] [--flash] [--step]
//
//   node scripts/oracle/llama.mjs --serve      jobs { file, ids, greedy, kv, flash, step }, one JSON object a line, on stdin
//
// Prints one JSON object per job: { version, logits: [V], greedy: [ids], gaps: [best logit - second-best logit] }.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

/** Releases of llama.cpp and of the package that contains it. */
export function llamaVersion() {
  const root = join(dirname(createRequire(import.meta.url).resolve('node-llama-cpp')), '..');
  const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  return `llama.cpp ${read('llama/llama.cpp.info.json').tag} (node-llama-cpp ${read('package.json').version})`;
}

/**
 * The answer to one job. By default the KV cache is f32 and flash attention off; the alternatives round.
 * @param greedy number of tokens to continue
 * @param step whether to evaluate the prompt token by token, as in decoding, instead of at once
 */
async function judge(llama, { file, ids, greedy = 0, kv = 'F32', flash = false, step = false }) {
  const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
  const context = await model.createContext({
    contextSize: 512,
    batchSize: 512,
    threads: 1, // the models are tiny
    flashAttention: flash,
    experimentalKvCacheKeyType: kv,
    experimentalKvCacheValueType: kv,
  });
  const sequence = context.getSequence();
  const after = async (tokens) => {
    const last = [tokens.at(-1), { generateNext: { logits: true } }];
    const outputs = await sequence.controlledEvaluate([...tokens.slice(0, -1), last]);
    return outputs.at(-1).next.logits; // a Map, the largest logit first
  };
  if (step) for (const id of ids.slice(0, -1)) await after([id]);
  let next = await after(step ? ids.slice(-1) : ids);
  const logits = [];
  for (const [id, logit] of next) logits[id] = logit;
  const version = `${llamaVersion()}, CPU, KV cache ${kv}, flash attention ${flash ? 'on' : 'off'}`;
  const result = { version, logits, greedy: [], gaps: [] };
  while (result.greedy.length < greedy) {
    const [[best, first], [, second]] = next;
    result.greedy.push(best);
    result.gaps.push(first - second);
    if (result.greedy.length < greedy) next = await after([best]);
  }
  await model.dispose();
  return result;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    serve: { type: 'boolean' },
    ids: { type: 'string' },
    greedy: { type: 'string', default: '0' },
    kv: { type: 'string', default: 'F32' },
    flash: { type: 'boolean', default: false },
    step: { type: 'boolean', default: false },
  },
});
const llama = await getLlama({
  gpu: false,
  build: 'never',
  logLevel: LlamaLogLevel.error,
  progressLogs: false,
});
if (values.serve) {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await judge(llama, JSON.parse(line))));
  }
} else {
  const { ids, greedy, kv, flash, step } = values;
  const job = {
    file: positionals[0],
    ids: ids.split(',').map(Number),
    greedy: Number(greedy),
    kv,
    flash,
    step,
  };
  console.log(JSON.stringify(await judge(llama, job)));
}
await llama.dispose();
