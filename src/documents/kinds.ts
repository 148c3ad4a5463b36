import type { DocumentKind } from './types';

const KINDS: Record<Exclude<DocumentKind, 'code'>, string> = {
  text: 'txt text log srt vtt ini cfg conf env properties',
  markdown: 'md markdown mdx rst adoc org tex bib',
  table: 'csv tsv jsonl ndjson',
  web: 'html htm xhtml',
  pdf: 'pdf',
  word: 'docx docm dotx dotm',
};
const CODE =
  'js mjs cjs jsx ts tsx py pyi ipynb java kt kts c h cc cpp cxx hpp cs go rs rb php swift m mm scala lua pl r jl dart ' +
  'hs ml ex exs erl clj sql sh bash zsh ps1 bat css scss less vue svelte json json5 xml svg yaml yml toml gradle cmake ' +
  'make mk diff patch proto graphql wgsl glsl hlsl cu zig nim sol asm s vb f90 gitignore dockerfile';

const BY_EXTENSION = new Map<string, DocumentKind>(
  Object.entries({ ...KINDS, code: CODE }).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind as DocumentKind] as const),
  ),
);

export const extensionOf = (name: string): string => /[^.\\/]*$/.exec(name.toLowerCase())?.[0] ?? '';

/** The kind by file name; undefined for unknown extensions. */
export const kindOf = (name: string): DocumentKind | undefined => BY_EXTENSION.get(extensionOf(name));

/** The `accept` list of a file picker. */
export const ACCEPTED = [...BY_EXTENSION.keys()].map((extension) => `.${extension}`).join(',');
