import { expect, test } from 'vitest';
import { withoutComments } from '../../scripts/build/shaderText';
import { wgslWithConstants } from './kernel';

const library = '// of a library\nfn one() -> f32 { return 1.0; } // one\n';
const main = '// of a kernel\nconst WG: u32 = 64u; // lanes\n\n  fn main() {}\n';

test('texts of a build are joined like those of the source: constants begin a line', () => {
  const wgsl = withoutComments(library) + withoutComments(main);
  expect(wgsl).toBe('fn one() -> f32 { return 1.0; }\nconst WG: u32 = 64u;\nfn main() {}\n');
  const kernel = { name: 'k', wgsl } as Parameters<typeof wgslWithConstants>[0];
  expect(wgslWithConstants(kernel, { WG: 32 })).toContain('\nconst WG: u32 = 32u;\n');
});
