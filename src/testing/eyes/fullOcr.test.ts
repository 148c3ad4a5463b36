// The random GLM-OCR has the published shapes: sizes of the files, and what the readers make of their headers.
import { expect, test } from 'vitest';
import { readEyesConfig } from '../../model/eyes/config';
import { planEyes } from '../../model/eyes/tensors';
import { EYES_OCR } from '../../model/eyes/variants';
import { ggufHeader, tensorBytes } from '../gguf';
import { ocrEyes, ocrTextTensors } from './fullOcr';

/** Bytes of the files in ggml-org/GLM-OCR-GGUF. */
const PUBLISHED = { text: 950_433_408, eyes: 484_403_648 };

test('the eyes have the tensors of the published file, and its size up to words in the header', () => {
  const { metadata, tensors } = ocrEyes('random');
  expect(Math.abs(ggufHeader(metadata, tensors).totalBytes - PUBLISHED.eyes)).toBeLessThan(1000);
  const shapes = new Map(tensors.map(({ name, shape }) => [name, { shape: [...shape] }]));
  const plain = { ...metadata, 'clip.vision.attention.layer_norm_epsilon': 1e-5 };
  const pixels = { 'clip.vision.image_mean': [0.5, 0.5, 0.5], 'clip.vision.image_std': [0.5, 0.5, 0.5] };
  const config = readEyesConfig({ ...plain, ...pixels } as never, shapes);
  expect(config).toEqual({ ...EYES_OCR, name: config.name, tableSide: config.tableSide });
  expect(() => planEyes(config, shapes)).not.toThrow();
});

test('the text half has 179 tensors and the published size up to its tokenizer', () => {
  const tensors = ocrTextTensors();
  expect(tensors).toHaveLength(179);
  const bytes = tensors.reduce((sum, { type, shape }) => sum + tensorBytes(type, shape), 0);
  expect((PUBLISHED.text - bytes) / 1e6).toBeGreaterThan(2); // metadata and 59,392 tokens
  expect((PUBLISHED.text - bytes) / 1e6).toBeLessThan(5);
});
