// Public interface of the resumable download, for the rest of weights/ and the runtime.
export { CHUNK_BYTES, downloadSource } from './downloadSource';
export { fileKeyOf } from './fileKey';
export { downloadPool } from './pool';
export { databaseStaging, memoryStaging } from './staging';
export type { ChunkStaging } from './types';
