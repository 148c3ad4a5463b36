// Copies of messages in localStorage hold no bytes of files, pictures and sounds.
import type { Part } from '../../protocol/chat';

const eachPart = (part: Part, change: (part: Part) => Part): Part =>
  part.type === 'result' ? { ...part, parts: part.parts.map(change) as typeof part.parts } : change(part);

/** A part as localStorage holds it. */
export const withoutBytes = (whole: Part): Part =>
  eachPart(whole, (part) => ('blob' in part ? { ...part, blob: null as unknown as Blob } : part));

/** A part from localStorage, with empty bytes. */
export const withEmptyBytes = (whole: Part): Part =>
  eachPart(whole, (part) => ('blob' in part ? { ...part, blob: new Blob([]) } : part));

/** Parts of a copy, with the bytes of the stored ones, as far as those are the same. */
export const withBytes = (parts: readonly Part[], stored: readonly Part[]): Part[] =>
  parts.map((part, index): Part => {
    const same = stored[index];
    if (part.type === 'result')
      return {
        ...part,
        parts: withBytes(part.parts, same?.type === 'result' ? same.parts : []) as typeof part.parts,
      };
    if (!('blob' in part)) return part;
    if (same?.type === part.type && 'blob' in same) return { ...part, blob: same.blob };
    return part.blob instanceof Blob ? part : { ...part, blob: new Blob([]) };
  });
