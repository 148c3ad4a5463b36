// Colours for code, loaded with the first code block. highlight.js is maintained, fast, and needs neither eval nor
// WebAssembly; lowlight returns its result as a tree, so no HTML is inserted.
import type { Root, RootContent } from 'hast';
import { common, createLowlight } from 'lowlight';
import dart from 'highlight.js/lib/languages/dart';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import haskell from 'highlight.js/lib/languages/haskell';
import julia from 'highlight.js/lib/languages/julia';
import latex from 'highlight.js/lib/languages/latex';
import matlab from 'highlight.js/lib/languages/matlab';
import nginx from 'highlight.js/lib/languages/nginx';
import powershell from 'highlight.js/lib/languages/powershell';
import protobuf from 'highlight.js/lib/languages/protobuf';
import scala from 'highlight.js/lib/languages/scala';

const lowlight = createLowlight({
  ...common,
  dart,
  dockerfile,
  haskell,
  julia,
  latex,
  matlab,
  nginx,
  powershell,
  protobuf,
  scala,
});
lowlight.registerAlias({ xml: ['vue', 'svelte'], cpp: ['cuda', 'cu'], bash: ['console', 'shellsession'] });

/** Longer code stays plain: a grammar's patterns may be slow on generated code. */
const MAX_CODE = 60_000;
const MAX_LINE = 5000;

export type CodeTree = RootContent[];

/** The code as a tree of text and coloured spans; null when its language is unknown or it is too long. */
export function highlight(code: string, language: string): CodeTree | null {
  const name = language.toLowerCase();
  if (code.length > MAX_CODE || !lowlight.registered(name)) return null;
  if (code.split('\n').some((line) => line.length > MAX_LINE)) return null;
  const tree: Root = lowlight.highlight(name, code);
  return tree.children;
}
