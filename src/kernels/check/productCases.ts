// Checks of the matrix kernels: products, SwiGLU, the embedding.
import type { WeightFormat } from '../../shared/weightLayout';
import { QUANTIZED_WORDS } from '../activations';
import { embedTokens } from '../embed';
import { embedReference } from '../embed.reference';
import { matmul, matmulSwiglu } from '../matmul';
import { matmulReference, swigluReference } from '../matmul.reference';
import { noise } from '../noise';
import { quantizeRows } from '../quantizeRows';
import { compareCodes, compareFloats, worse } from './compare';
import { activations, readable, type KernelCase, type ModelFacts, type Outcome } from './kernelCase';
import type { CaseTensors } from './kernelCase';
import type { Pass } from '../../gpu/program';
import type { Tensor } from '../../gpu/tensor';

/** One token, a few (half a workgroup of the broadcasting kernel and all of it), few tiles, many: each ragged. */
export const TOKENS = [1, 3, 7, 12, 67];
/** f32 sums of this length err by 1e-6 of their RMS; a wrong element shows as 1e-2 and more. */
const CLOSE = { ofRms: 1e-4 };
const COLS = 96;

export function productCases({ formats }: ModelFacts): KernelCase[] {
  return [
    { name: 'quantize_rows', record: recordQuantizeRows },
    ...formats.flatMap((format) => [embedding(format, false), embedding(format, true)]),
    ...formats.flatMap((format) => TOKENS.map((numTokens) => product(format, numTokens))),
    ...formats.flatMap((format) =>
      formats.flatMap((reader) => TOKENS.map((numTokens) => swiglu(format, reader, numTokens))),
    ),
  ];
}

function recordQuantizeRows(pass: Pass, tensors: CaseTensors): Outcome[] {
  const shape: [number, number] = [3, 160];
  const data = () => {
    const x = activations(...shape, 7);
    x.fill(0, 32, 64); // a group of zeros
    return x;
  };
  const y = tensors.zeros([3, 160 / 32, QUANTIZED_WORDS], 'u32');
  quantizeRows(pass, { x: tensors.floats(shape, data), y });
  return [{ output: y, compare: (bytes) => compareCodes(new Uint32Array(bytes), data()) }];
}

/** @param add to what y holds already */
function embedding(format: WeightFormat, add: boolean): KernelCase {
  const ids = [0, 150, 64, 1000, 131, 63]; // one beyond the table: it reads row 0
  const before = () => noise(ids.length * COLS, 8).map((value) => (add ? value : 0));
  return {
    name: `embed ${format}${add ? ', added' : ''}`,
    record(pass, tensors) {
      const { weights, values } = tensors.matrix({ format, rows: 151, cols: COLS });
      const y = tensors.floats([ids.length, COLS], before);
      const tokens = tensors.words([ids.length], () => Uint32Array.from(ids));
      embedTokens(pass, { tokens, numTokens: ids.length, table: weights, y, add });
      const row = (id: number) => values().row(id < 151 ? id : 0);
      const want = () => {
        const sums = before();
        return embedReference(ids, row).map((value, i) => value + sums[i]);
      };
      return [{ output: y, compare: (bytes) => compareFloats(new Float32Array(bytes), want(), CLOSE) }];
    },
  };
}

function product(format: WeightFormat, numTokens: number): KernelCase {
  return {
    name: `matmul ${format}, ${numTokens} tokens`,
    record: (pass, tensors) =>
      // A single token is smooth once and has outliers once.
      (numTokens === 1 ? [1, 0] : [1]).map((outliersFrom) =>
        recordProduct(pass, tensors, { format, numTokens, outliersFrom }),
      ),
  };
}

function recordProduct(
  pass: Pass,
  tensors: CaseTensors,
  { format, numTokens, outliersFrom }: { format: WeightFormat; numTokens: number; outliersFrom: number },
): Outcome {
  const rows = 64 * 4 + 7;
  const matrix = tensors.matrix({ format, rows, cols: COLS });
  const { weights } = matrix;
  const data = () => activations(numTokens, COLS, numTokens, outliersFrom);
  const { x, values } = readable(pass, tensors, weights, [numTokens, COLS], data);
  const [bias, residual] = [() => noise(rows, 5), () => noise(numTokens * rows, 6)];
  const y = tensors.floats([numTokens, rows], residual);
  matmul(pass, { x, weights, y, bias: tensors.floats([rows], bias), accumulate: true });
  const want = () => {
    const [biases, residuals] = [bias(), residual()];
    return matmulReference(values(), matrix.values()).map((sum, i) => sum + biases[i % rows] + residuals[i]);
  };
  return { output: y, compare: (bytes) => compareRows(new Float32Array(bytes), want(), rows) };
}

/** Row by row: the first is smooth, and its errors would vanish beside the outliers of the others. */
function compareRows(got: Float32Array, want: Float64Array, width: number) {
  const first = compareFloats(got.subarray(0, width), want.subarray(0, width), CLOSE);
  const others = compareFloats(got.subarray(width), want.subarray(width), CLOSE);
  return worse(first, others);
}

function swiglu(format: WeightFormat, readerFormat: WeightFormat, numTokens: number): KernelCase {
  const ffnSize = 64 * 2 + 32;
  return {
    name: `swiglu ${format} for ${readerFormat}, ${numTokens} tokens`,
    record(pass, tensors) {
      const matrix = tensors.matrix({ format, rows: 2 * ffnSize, cols: COLS, interleaved: true });
      const { weights } = matrix;
      const reader = { ...weights, format: readerFormat };
      const data = () => activations(numTokens, COLS, 11 * numTokens);
      const { x, values } = readable(pass, tensors, weights, [numTokens, COLS], data);
      const codes = tensors.zeros([numTokens, (ffnSize / 32) * QUANTIZED_WORDS], 'u32');
      const y = tensors.zeros([numTokens, ffnSize]);
      const output = matmulSwiglu(pass, { x, weights, y, reader, codes });
      const want = () => swigluReference(matmulReference(values(), matrix.values()), ffnSize);
      return [{ output, compare: (bytes) => compareOutput(output, bytes, want(), ffnSize) }];
    },
  };
}

function compareOutput({ dtype }: Tensor, bytes: ArrayBuffer, want: Float64Array, width: number) {
  return dtype === 'f32'
    ? compareRows(new Float32Array(bytes), want, width)
    : compareCodes(new Uint32Array(bytes), want);
}
