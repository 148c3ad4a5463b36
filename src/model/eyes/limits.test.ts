// Pictures of every size within WebGPU's default limits, at the shapes of the published towers: recorded, not run.
import { expect, test } from 'vitest';
import type { Pass } from '../../gpu/program';
import { everyTuning } from '../../kernels/tuning';
import { shapesOnly } from '../../kernels/variants';
import { chunksOf, chunkSizeFor, createEyesActivations, eyesActivationBytes, tensorsOf } from './activations';
import { recordTower } from './forward';
import { bindShapes, EYES_9B, EYES_OCR } from './variants';

const MAX_BINDING = 128 * 2 ** 20;
const MAX_BUFFER = 256 * 2 ** 20;
const MAX_WORKGROUPS = 65_535;
const OFFSET_ALIGNMENT = 256;

const PICTURES = [
  { name: '1024 × 768', rows: 54, columns: 74 },
  { name: '1920 × 1080', rows: 78, columns: 138 },
  { name: 'the largest, 7500 tokens', rows: 150, columns: 200 },
];

test.each(
  PICTURES.flatMap(({ name, ...grid }) =>
    [EYES_9B, EYES_OCR].flatMap((config) =>
      [true, false].map((software) => ({ name, grid, config, software })),
    ),
  ),
)('$name, hidden size $config.hiddenSize, software: $software', ({ grid, config, software }) => {
  const numPatches = grid.rows * grid.columns;
  const chunkSize = chunkSizeFor(numPatches, software);
  const sizes = { numPatches, chunkSize, kvFormat: 'f16' as const };
  const activations = createEyesActivations(shapesOnly, config, sizes);
  for (const { label, byteLength } of tensorsOf(activations))
    expect(byteLength, label).toBeLessThan(MAX_BUFFER);
  const faults: string[] = [];
  let dispatches = 0;
  const pass: Pass = {
    tuning: everyTuning()[0],
    dispatch(kernel, { label = kernel.name, inputs, outputs, workgroups }) {
      dispatches++;
      if (Math.max(...workgroups.map(Number)) > MAX_WORKGROUPS)
        faults.push(`${label}: ${workgroups.join()} workgroups`);
      for (const { label: tensor, offset, byteLength } of [...inputs, ...outputs])
        if (offset % OFFSET_ALIGNMENT !== 0 || byteLength > MAX_BINDING)
          faults.push(`${label}: ${tensor} at ${offset}, ${byteLength} bytes`);
    },
  };
  const chunks = chunksOf(numPatches, chunkSize);
  const model = bindShapes({ ...config, numLayers: 1 }, 'q8');
  recordTower(pass, model, { activations, grid, chunks, endStep: () => undefined });
  expect(faults).toEqual([]);
  expect(dispatches).toBeGreaterThan(chunks.length * 10);
  const bytesPerPatch = eyesActivationBytes(config, sizes) / numPatches;
  expect(bytesPerPatch).toBeLessThan(40_000);
});
