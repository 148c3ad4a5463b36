// The download that cannot be lost, for the rest of the weights room and the runtime.
export { CHUNK_BYTES, downloadSource } from './downloadSource';
export { fileKeyOf } from './fileKey';
export { downloadPool } from './pool';
export { databaseStaging, memoryStaging } from './staging';
export type { ChunkStaging } from './types';
