import { expect, it } from 'vitest';
import { eyesOrigin, pictureSeconds, resolveEyes, towerFlops } from './eyes';
import { HUGGING_FACE, MODELSCOPE } from './hubs';
import { findModel } from './models';

const flash = findModel('glm-4.6v-flash')!;
const [q4, official] = flash.variants;
const noListing = () => Promise.reject(new Error('no list'));

it('a picture of 999 tokens takes 8.2 TFLOP in the tower of the 9B models, 4.9 in GLM-OCR’s', () => {
  expect(towerFlops(flash.eyes!.shape, 999) / 1e12).toBeCloseTo(8.2, 1);
  expect(towerFlops(findModel('glm-ocr')!.eyes!.shape, 999) / 1e12).toBeCloseTo(4.9, 1);
});

it('estimates a picture from the speed of reading: 24.5 TFLOP for 999 tokens', () => {
  const twoTeraflops = 2e12 / 16.3e9; // tokens per second
  const seconds = pictureSeconds(flash, { prefillTokensPerSecond: twoTeraflops }, 999);
  expect(seconds).toBeGreaterThan(11);
  expect(seconds).toBeLessThan(13);
  expect(pictureSeconds(findModel('glm-4-9b-0414')!, { prefillTokensPerSecond: 100 })).toBe(0);
});

it('all GGUF variants share one file of eyes; original weights hold their own', async () => {
  const args = { model: flash, fetchJson: noListing };
  const beside = await resolveEyes({ ...args, variant: q4, hub: HUGGING_FACE });
  expect(beside).toMatchObject({ kind: 'remote', origin: eyesOrigin(flash), part: 'eyes' });
  expect(beside.files.map(({ url }) => url)).toEqual([
    'https://huggingface.co/ggml-org/GLM-4.6V-Flash-GGUF/resolve/main/mmproj-GLM-4.6V-Flash-Q8_0.gguf',
  ]);
  const within = await resolveEyes({ ...args, variant: official, hub: MODELSCOPE });
  expect(within).toMatchObject({ part: 'eyes', origin: 'catalogue:glm-4.6v-flash/official' });
});
