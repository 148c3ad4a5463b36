// A random GLM-OCR pair, a picture, and what the model says of it: true sight, nonsense text, equal in every browser.
import { picture } from '../src/testing/eyes/checkpoint';
import { eyesPair } from '../src/testing/eyes/models';
import { png } from '../src/testing/eyes/png';

/** The two files, as a user has them. */
export function eyesFiles(): { name: string; bytes: Uint8Array<ArrayBuffer> }[] {
  const { text, eyes } = eyesPair('glm-ocr');
  return [
    { name: 'GLM-OCR.gguf', bytes: text },
    { name: 'mmproj-GLM-OCR.gguf', bytes: eyes },
  ];
}

/** 140 × 112 pixels: 5 × 4 tokens of 28 × 28 pixels, a begin and an end. */
export const NOISE = {
  file: { name: 'red-square.png', bytes: png(picture({ width: 140, height: 112, seed: 1 })) },
  tokens: 22,
  question: 'Text Recognition:',
  /** Eight tokens, greedily. */
  answerTokens: 8,
  answer: 'r f\uFFFDD\uFFFD\uFFFDm',
};
