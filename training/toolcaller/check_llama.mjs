// Does llama.cpp read nano.gguf and continue prompts with the tokens that `python -m toolcaller.score_chat --dump` wrote?
// Needs node-llama-cpp with a prebuilt CPU binary (../README.md says how to install it).
// Usage: node check_llama.mjs NANO.gguf DUMP.json
import { readFileSync } from 'node:fs';
import { getLlama } from 'node-llama-cpp';

const [modelPath, dumpPath] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 2048, threads: 1 });
let same = 0;
const cases = JSON.parse(readFileSync(dumpPath, 'utf8'));
for (const { text, textIds, prompt, ids, stop } of cases) {
  const tokenized = model.tokenize(text, false);
  const sequence = context.getSequence();
  const out = [];
  for await (const token of sequence.evaluate(prompt, { temperature: 0 })) {
    if (stop.includes(token) || out.length === ids.length + 8) break;
    out.push(token);
  }
  sequence.dispose();
  const ok = JSON.stringify(out) === JSON.stringify(ids) && JSON.stringify(tokenized) === JSON.stringify(textIds);
  if (ok) same += 1;
  else console.log('differs:', JSON.stringify(text), '\n  expected', textIds, ids, '\n  got     ', tokenized, out);
}
console.log(`${same} passed, ${cases.length - same} failed`);
process.exit(same === cases.length ? 0 : 1);
