// The members of the GLM line whose text half was trained beside an image tower. They share the architecture `glm4` with
// GLM-4-0414 and differ from it by rotary sections (M-RoPE).
import type { Metadata } from '../weights/types';

export type SeeingFamilyId = 'glm-4.1v' | 'glm-4.6v' | 'glm-ocr' | 'autoglm-phone';

/** How a picture stands in a prompt, and what the model takes. */
export interface PictureFormat {
  /** Special tokens around the rows of a picture. */
  before: string;
  after: string;
  /** Rows of the largest picture that the model was made for. */
  maxTokens: number;
}

export const PICTURE_FORMAT: PictureFormat = {
  before: '<|begin_of_image|>',
  after: '<|end_of_image|>',
  maxTokens: 7500,
};

/** In the order in which names are tried. */
const NAMES: [SeeingFamilyId, RegExp][] = [
  ['autoglm-phone', /autoglm/i],
  ['glm-ocr', /glm[-_ ]?ocr/i],
  ['glm-4.6v', /4[._-]?6v/i],
  ['glm-4.1v', /4[._-]?1v/i],
];

/** Sections of all models with a head of 128 of which 64 dims turn. */
const SECTIONS_9B = [8, 12, 12];

/** The rotary sections of a file: pairs that turn by time, row and column; undefined for models of text. */
export function rotarySections(metadata: Metadata): number[] | undefined {
  const architecture = String(metadata['general.architecture']);
  const listed = metadata[`${architecture}.rope.dimension_sections`];
  if (Array.isArray(listed) && listed.some((count) => Number(count) > 0))
    return listed.slice(0, 3).map(Number);
  // Conversions of July 2025 lack the key: their rows are unpermuted, and text works without it.
  const id = architecture === 'glm4' ? namedFamily(metadata) : undefined;
  return id && id !== 'glm-ocr' ? SECTIONS_9B : undefined;
}

/** The family of a `glm4` file; undefined for a model of text. */
export function seeingFamilyId(metadata: Metadata): SeeingFamilyId | undefined {
  const sections = rotarySections(metadata);
  if (!sections) return undefined;
  const number = (key: string) => Number(metadata[`glm4.${key}`]);
  const pairs = sections.reduce((sum, count) => sum + count, 0);
  const turnsWhole = 2 * pairs === number('attention.key_length');
  return (
    namedFamily(metadata) ??
    (turnsWhole ? 'glm-ocr' : number('rope.freq_base') > 1e5 ? 'glm-4.6v' : 'glm-4.1v')
  );
}

function namedFamily(metadata: Metadata): SeeingFamilyId | undefined {
  const name = ['general.name', 'general.basename', 'general.finetune'].map((key) => metadata[key]).join(' ');
  return NAMES.find(([, pattern]) => pattern.test(name))?.[0];
}
