export * from './address';
export * from './comfort';
export * from './eyes';
export * from './hubs';
export * from './licences';
export * from './memory';
export * from './models';
export * from './predict';
export type * from './types';
