// Checks of the kernels that only the encoder of embedding models has.
import type { Pass } from '../../gpu/program';
import { gelu } from '../gelu';
import { geluReference } from '../gelu.reference';
import { meanRows } from '../meanRows';
import { meanRowsReference } from '../meanRows.reference';
import { noise } from '../noise';
import { compareFloats } from './compare';
import type { CaseTensors, KernelCase, Outcome } from './kernelCase';

/** As the GPU tests of these kernels: the error function loses some digits. */
const CLOSE = { abs: 3e-5, rel: 1e-4 };
/** Not a multiple of a workgroup. */
const [ROWS, DIM] = [7, 100];

export function encoderCases(): KernelCase[] {
  return [
    { name: 'gelu', record: curve },
    { name: 'mean_rows', record: means },
  ];
}

function curve(pass: Pass, tensors: CaseTensors): Outcome[] {
  const x = () => noise(ROWS * DIM, 91).map((value) => 6 * value);
  const y = tensors.zeros([ROWS, DIM]);
  gelu(pass, { x: tensors.floats([ROWS, DIM], x), y });
  const want = () => x().map(geluReference);
  return [{ output: y, compare: (bytes) => compareFloats(new Float32Array(bytes), want(), CLOSE) }];
}

function means(pass: Pass, tensors: CaseTensors): Outcome[] {
  const ranges: [number, number][] = [[0, 4], [4, 1], [5, 2]]; // prettier-ignore
  const x = () => noise(ROWS * DIM, 92);
  const y = tensors.zeros([ranges.length, DIM]);
  const places = tensors.words([ranges.length, 2], () => Uint32Array.from(ranges.flat()));
  meanRows(pass, { x: tensors.floats([ROWS, DIM], x), ranges: places, y });
  const want = () => meanRowsReference(x(), ranges, DIM);
  return [{ output: y, compare: (bytes) => compareFloats(new Float32Array(bytes), want(), CLOSE) }];
}
