import { rmsNormReference } from './rmsnorm.reference';

/** Q heads and K heads normed one by one; V heads as they are. */
export function headNormReference(
  qkv: Float32Array,
  args: { qGain: Float32Array; kGain: Float32Array; numHeads: number; numKvHeads: number; eps: number },
): Float32Array {
  const { qGain, kGain, numHeads, numKvHeads, eps } = args;
  const headDim = qGain.length;
  const y = qkv.slice();
  for (let at = 0; at < qkv.length; at += headDim) {
    const head = (at / headDim) % (numHeads + 2 * numKvHeads);
    if (head >= numHeads + numKvHeads) continue;
    y.set(rmsNormReference(qkv.slice(at, at + headDim), head < numHeads ? qGain : kGain, eps), at);
  }
  return y;
}
