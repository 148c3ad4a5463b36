// `glm wgsl`: the kernel variants that the app can build, by name, and the text of one.
import { kernelVariants } from '../../src/model/everyVariant';
import { AppError } from '../../src/shared/errors';

/** The names, one per line. */
export function listVariants(): string {
  return kernelVariants()
    .map(({ name }) => `${name}\n`)
    .join('');
}

/** @throws AppError bad-request for an unknown name, with similar names. */
export function variantText(name: string): string {
  const variants = kernelVariants();
  const found = variants.find((variant) => variant.name === name);
  if (found) return `${found.wgsl.trimEnd()}\n`;
  const [kernel] = name.split(':');
  const similar = variants.filter((variant) => variant.name.startsWith(kernel)).slice(0, 10);
  const hint =
    similar.length > 0 ? `Similar: ${similar.map((variant) => variant.name).join(' ')}` : 'See --list.';
  throw new AppError('bad-request', `There is no kernel variant "${name}". ${hint}`, { name });
}
