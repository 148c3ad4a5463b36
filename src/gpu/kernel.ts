// A kernel: its WGSL text and the fields of its uniform.
import { AppError } from '../shared/errors';

export type ParamType = 'u32' | 'i32' | 'f32';

export interface KernelSpec<P extends Record<string, ParamType>> {
  /** Also the label of its pipelines. */
  name: string;
  /** Complete WGSL; a variant's library text comes first, joined by the wrapper. */
  wgsl: string;
  /** Fields of `struct Params` in order, 4 bytes each; {} for a kernel without binding 0. */
  params: P;
}

/**
 * Bindings of every kernel, group 0: 0 is the uniform Params (absent when there are no params), then the read-only
 * inputs in order, then the read-write outputs in order. Entry point `main`.
 */
export interface Kernel<
  P extends Record<string, ParamType> = Record<string, ParamType>,
> extends KernelSpec<P> {
  readonly paramNames: (keyof P & string)[];
}

export type ParamValues<P extends Record<string, ParamType>> = { [K in keyof P]: number };

/** Declares a kernel; nothing is compiled until a program that uses it is prepared. */
export function defineKernel<const P extends Record<string, ParamType>>(spec: KernelSpec<P>): Kernel<P> {
  return { ...spec, paramNames: Object.keys(spec.params) };
}

/** The uniform's bytes: fields in declaration order, padded to 16. */
export function encodeParams(kernel: Kernel, values: Record<string, number>): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((kernel.paramNames.length * 4) / 16) * 16);
  const view = new DataView(bytes.buffer);
  kernel.paramNames.forEach((name, i) => {
    const value = values[name];
    if (kernel.params[name] === 'f32') view.setFloat32(i * 4, value, true);
    else view.setInt32(i * 4, value, true); // u32 wraps to the same bits
  });
  return bytes;
}

/**
 * The kernel's WGSL with its pipeline constants written in: `const WG: u32 = 256u;` at the start of a line becomes the
 * given value. Plain text instead of WGSL's `override`: naga, Firefox's shader compiler, panics on some uses of it (naga
 * 30.0), and Firefox 153 crashes. `override` may return once Firefox accepts every text of `glm wgsl` with it.
 * @throws AppError 'bug' for a constant that the text does not declare
 */
export function wgslWithConstants(kernel: Kernel, constants: Record<string, number>): string {
  let text = kernel.wgsl;
  for (const [name, value] of Object.entries(constants)) {
    const declaration = new RegExp(`^const ${name}: (u32|bool) = [^;]+;`, 'm');
    const type = declaration.exec(text)?.[1];
    if (!type) throw new AppError('bug', `Kernel ${kernel.name} declares no constant ${name}`);
    const literal = type === 'bool' ? String(value !== 0) : `${value}u`;
    text = text.replace(declaration, `const ${name}: ${type} = ${literal};`);
  }
  return text;
}
