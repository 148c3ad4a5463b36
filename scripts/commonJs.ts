// Lets web-xgrammar 0.1.27 load in Node: its file is UMD in an ES module package and expects the variables of a CommonJS module.
// To be removed once the package has exports. Twin: src/grammar/masks.ts.
import { createRequire } from 'node:module';

/** Sets the variables; call it before the package is imported. */
export function offerCommonJs(): void {
  const [__filename, __dirname] = [import.meta.filename, import.meta.dirname];
  Object.assign(globalThis, { require: createRequire(import.meta.url), __filename, __dirname });
}
