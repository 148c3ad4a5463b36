// Writes a random GLM-OCR of the real shapes as the pair of GGUF files that is published: the text model and its eyes.
// It answers nonsense. For measurements of import, memory and time, and for other programs.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ocrEyes, ocrText } from '../src/testing/eyes/fullOcr';
import type { GgufTensorInfo } from '../src/testing/gguf';
import { commandLine } from './commandLine';
import { writeRandomFile } from './randomFile';

const { values, refusal } = commandLine(
  'node scripts/run.mjs scripts/makePair.ts --out FOLDER [--seed 1]     writes 1.4 GB',
  { out: { type: 'string' }, seed: { type: 'string', default: '1' } },
);
if (!values.out) throw refusal('--out FOLDER is missing');
mkdirSync(values.out, { recursive: true });

/** Keeps the variance through a layer; logits spread by about 2.5. */
function std({ name, shape: [, ...cols] }: GgufTensorInfo): number {
  if (name === 'token_embd.weight') return 1;
  const unit = 1 / Math.sqrt(cols.reduce((product, size) => product * size, 1));
  return name === 'output.weight' ? 2.5 * unit : unit;
}

const NAME = 'GLM-OCR random';
const seed = Number(values.seed);
const text = path.join(values.out, 'GLM-OCR-random-Q8_0.gguf');
const eyes = path.join(values.out, 'mmproj-GLM-OCR-random-Q8_0.gguf');
console.log(writeRandomFile({ out: text, ...ocrText(NAME), std, seed }));
console.log(writeRandomFile({ out: eyes, ...ocrEyes(NAME), std, seed: seed + 1 }));
