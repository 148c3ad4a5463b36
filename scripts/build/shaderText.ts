// Shaders in a build: without comments, indentation and empty lines, which were 11 kB of the first visit.
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const SHADER = /\.wgsl\?raw$/;

/**
 * WGSL without comments, indentation and empty lines. It has no strings, so `//` always begins a comment. Each line ends
 * with a line break, the last one too: kernels join texts, and a constant is found at the start of a line.
 */
export function withoutComments(wgsl: string): string {
  return wgsl
    .split('\n')
    .map((line) => line.replace(/\/\/.*$/, '').trim())
    .filter(Boolean)
    .map((line) => `${line}\n`)
    .join('');
}

/** Vite plugin for builds, the page's and the workers'. */
export function shaderText(): Plugin {
  return {
    name: 'shaders without comments',
    apply: 'build',
    enforce: 'pre',
    load: (id) =>
      SHADER.test(id)
        ? `export default ${JSON.stringify(withoutComments(readFileSync(id.replace(/\?raw$/, ''), 'utf8')))};`
        : undefined,
  };
}
