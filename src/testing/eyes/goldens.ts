// What transformers computes for the toy models with eyes: written by scripts/oracle/eyes.py.
import { decodeFloats } from '../goldenCases';
import type { EyesKind } from './models';

interface StoredGolden {
  name: EyesKind;
  oracle: string;
  pictures: {
    width: number;
    height: number;
    seed: number;
    rows: number;
    columns: number;
    features: string;
  }[];
  /** Ids; a list in the place of an id stands for a picture by its number, with its begin and end tokens. */
  prompt: (number | [number])[];
  logits: string;
  greedy: number[];
  gaps: number[];
}

export type EyesGolden = ReturnType<typeof eyesGoldens>[number];

export function eyesGoldens() {
  const files = import.meta.glob<StoredGolden>('./golden/*.json', { eager: true, import: 'default' });
  return Object.values(files).map(({ pictures, logits, ...golden }) => ({
    ...golden,
    pictures: pictures.map((picture) => ({ ...picture, features: decodeFloats(picture.features) })),
    logits: decodeFloats(logits),
  }));
}
