// Checks of the kernels that only image towers have.
import type { Pass } from '../../gpu/program';
import { addPositions } from '../addPositions';
import { positionAt } from '../addPositions.reference';
import { headNorm } from '../headNorm';
import { headNormReference } from '../headNorm.reference';
import { layerNorm } from '../layerNorm';
import { layerNormReference } from '../layerNorm.reference';
import { noise } from '../noise';
import { swiglu } from '../swiglu';
import { swigluReference } from '../swiglu.reference';
import { compareFloats } from './compare';
import { activations, type CaseTensors, type KernelCase, type Outcome } from './kernelCase';

/** As the GPU tests of these kernels: GELU and the positions lose some digits. */
const CLOSE = { abs: 3e-5, rel: 1e-4 };
const EPS = 1e-5;
/** Not a multiple of a workgroup. */
const [ROWS, DIM] = [3, 352];

export function eyesCases(): KernelCase[] {
  return [
    { name: 'layer_norm', record: (pass, tensors) => norm(pass, tensors, false) },
    { name: 'layer_norm with GELU', record: (pass, tensors) => norm(pass, tensors, true) },
    { name: 'head_norm', record: heads },
    { name: 'swiglu', record: gated },
    { name: 'add_positions', record: positions },
  ];
}

function norm(pass: Pass, tensors: CaseTensors, gelu: boolean): Outcome[] {
  const [x, gain, bias] = [() => activations(ROWS, DIM, 81), () => noise(DIM, 82), () => noise(DIM, 83)];
  const y = tensors.zeros([ROWS, DIM]);
  layerNorm(pass, {
    x: tensors.floats([ROWS, DIM], x),
    gain: tensors.floats([DIM], gain),
    bias: tensors.floats([DIM], bias),
    ...{ y, eps: EPS, gelu },
  });
  const want = () => layerNormReference(x(), { gain: gain(), bias: bias(), eps: EPS, gelu });
  return [{ output: y, compare: (bytes) => compareFloats(new Float32Array(bytes), want(), CLOSE) }];
}

function heads(pass: Pass, tensors: CaseTensors): Outcome[] {
  const [numHeads, numKvHeads, headDim] = [3, 2, 32];
  const shape = [ROWS, (numHeads + 2 * numKvHeads) * headDim];
  const x = () => activations(ROWS, shape[1], 84);
  const [qGain, kGain] = [() => noise(headDim, 85), () => noise(headDim, 86)];
  const qkv = tensors.floats(shape, x);
  const gains = { qGain: tensors.floats([headDim], qGain), kGain: tensors.floats([headDim], kGain) };
  headNorm(pass, { qkv, ...gains, numHeads, numKvHeads, eps: EPS });
  const want = () =>
    headNormReference(x(), { qGain: qGain(), kGain: kGain(), numHeads, numKvHeads, eps: EPS });
  return [{ output: qkv, compare: (bytes) => compareFloats(new Float32Array(bytes), want(), CLOSE) }];
}

function gated(pass: Pass, tensors: CaseTensors): Outcome[] {
  const x = () => noise(ROWS * 2 * DIM, 89).map((value) => 8 * value);
  const y = tensors.zeros([ROWS, DIM]);
  swiglu(pass, { x: tensors.floats([ROWS, 2 * DIM], x), y });
  const want = () => swigluReference(x(), DIM);
  return [{ output: y, compare: (bytes) => compareFloats(new Float32Array(bytes), want(), CLOSE) }];
}

/** Patches 2 and 3 of a grid of 4 × 6 from a table of 3 × 3: the lower row of the first block. */
function positions(pass: Pass, tensors: CaseTensors): Outcome[] {
  const [side, dim, firstPatch] = [3, 100, 2];
  const grid = { rows: 4, columns: 6 };
  const [table, x] = [() => noise(side * side * dim, 87), () => noise(2 * dim, 88)];
  const rows = tensors.floats([2, dim], x);
  addPositions(pass, { table: tensors.floats([side * side, dim], table), x: rows, firstPatch, grid });
  const want = () => {
    const sums = x();
    [0, 1].forEach((column) =>
      positionAt(table(), { side, dim }, { row: 1, column }, grid).forEach(
        (value, d) => (sums[column * dim + d] += value),
      ),
    );
    return sums;
  };
  return [{ output: rows, compare: (bytes) => compareFloats(new Float32Array(bytes), want(), CLOSE) }];
}
