// llama.cpp as an oracle for our tokenizer: writes the fixture as GGUF, tokenizes the fuzzed strings with
// node-llama-cpp and stores a hash per string in src/tokenizer/golden/llamaCpp.json.
//
//   (cd scripts/oracle && npm install --ignore-scripts)
//   node scripts/run.mjs scripts/oracle/tokenizer.ts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { createTokenizer } from '../../src/tokenizer/tokenizer';
import { fixtureMetadata, hashIds } from '../../src/tokenizer/golden/fixture';
import type { MergeStyle } from '../../src/tokenizer/golden/fixture';
import { fuzzStrings } from '../../src/tokenizer/golden/fuzz';
import { writeGguf } from '../../src/testing/gguf';
import { seeded } from '../../src/testing/random';

const SEED = 20240605;
const COUNTS: Record<MergeStyle, number> = { all: 10_000, trained: 3_000, shuffled: 3_000 };

const folder = mkdtempSync(join(tmpdir(), 'tokenizer-oracle-'));
const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
const hashes: Partial<Record<MergeStyle, string>> = {};
for (const style of ['all', 'trained', 'shuffled'] as const) {
  const metadata = fixtureMetadata(style);
  const path = join(folder, `${style}.gguf`);
  writeFileSync(path, writeGguf({ metadata: { ...metadata, ...hyperparameters() }, tensors: [] }));
  const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
  const ours = createTokenizer(metadata, { wholePieces: false });
  const strings = fuzzStrings(seeded(SEED), COUNTS[style]);
  let mismatches = 0;
  const hash = Uint32Array.from(strings, (text) => {
    const theirs = model.tokenize(text, false);
    const mine = ours.encode(text);
    if (hashIds(mine) !== hashIds(theirs) && ++mismatches <= 5) {
      console.log(JSON.stringify(text), '\n  llama.cpp', theirs.join(' '), '\n  ours     ', mine.join(' '));
    }
    return hashIds(theirs);
  });
  hashes[style] = Buffer.from(hash.buffer).toString('base64');
  console.log(`${style}: ${strings.length} strings, ${mismatches} mismatches`);
  await model.dispose();
}
rmSync(folder, { recursive: true });

const judge = `llama.cpp ${llama.llamaCppRelease.release} (through node-llama-cpp)`;
await llama.dispose();
writeFileSync(
  new URL('../../src/tokenizer/golden/llamaCpp.json', import.meta.url),
  JSON.stringify({ judge, seed: SEED, counts: COUNTS, hashes }, null, 1) + '\n',
);

/** Metadata that llama.cpp requires even when it loads only the vocabulary. */
function hyperparameters(): Record<string, number> {
  return {
    'chatglm.context_length': 64,
    'chatglm.embedding_length': 64,
    'chatglm.feed_forward_length': 64,
    'chatglm.block_count': 1,
    'chatglm.attention.head_count': 1,
    'chatglm.attention.layer_norm_rms_epsilon': 1e-5,
  };
}
