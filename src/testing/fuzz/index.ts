// All targets, with the share of mutants that each gets: cheap readers more than expensive ones.
import { chatTargets, ownExportTargets } from './chats';
import { documentTargets } from './documents';
import { modelTargets } from './models';
import { pdfTarget } from './pdf';
import type { Target } from './target';

export { fuzz } from './target';

/** Mutants of each target in ten thousand. */
const SHARES: Record<string, number> = {
  GGUF: 2000,
  'safetensors and its repository': 800,
  pack: 1800,
  'manifest of a pack': 500,
  'own export': 800,
  'own export as text': 500,
  'ChatGPT JSON': 900,
  'ChatGPT zip': 600,
  docx: 500,
  'text of a docx': 250,
  PDF: 150,
  'stream of a server': 1000,
  Markdown: 120,
  'text file': 1000,
  notebook: 500,
  pages: 400,
};

/** @returns targets and their shares of `total` mutants. */
export async function allTargets(total: number): Promise<{ target: Target; count: number }[]> {
  const targets = [
    ...(await modelTargets()),
    ...(await ownExportTargets()),
    ...chatTargets(),
    ...documentTargets,
    await pdfTarget(),
  ];
  return targets.map((target) => ({ target, count: Math.ceil((SHARES[target.name] * total) / 10_000) }));
}
