// Kernels that measure a device instead of computing an answer, for the runtime's benchmarks.
export { STREAM_SUMS, streamSum } from '../kernels/streamSum';
