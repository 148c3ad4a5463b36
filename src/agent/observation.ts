// What the model reads of a result: clean text, at most a quarter of the context. The whole is kept as a file.
import type { FilePart, Observation, ResultPart, Turn } from '../protocol/chat';
import { cleanText } from '../tools/cleanText';
import { estimatedTokens } from '../tools/estimate';
import type { ToolOutcome } from '../tools/tool';
import { OBSERVATIONS } from './calls';

/** The share of the context that one observation may take. */
const SHARE = 1 / 4;
/** Where the size of the context is unknown, as on some servers. */
const UNKNOWN_CONTEXT_TOKENS = 8192;
/** The note at the cut. */
const NOTE_TOKENS = 40;

export const observationTokens = (contextTokens: number): number =>
  Math.max(64, Math.floor((contextTokens || UNKNOWN_CONTEXT_TOKENS) * SHARE));

export interface ObservationLimit {
  callId: string;
  maxTokens: number;
  /** Tokens of a prompt with these turns; missing for servers, which do not count. */
  countTokens?: (messages: Turn[]) => Promise<number>;
}

/** The result of a call, for people and for the model. */
export async function resultPart(outcome: ToolOutcome, limit: ObservationLimit): Promise<ResultPart> {
  const { callId } = limit;
  const whole = cleanText(outcome.observation);
  const cut = await beginning(whole, limit);
  const parts = outcome.parts.map(cleanPart);
  const failed = outcome.failed && { failed: true };
  if (cut === undefined) {
    return {
      type: 'result',
      callId,
      parts,
      observation: whole.trim() ? whole : OBSERVATIONS.noOutput,
      ...(outcome.observations && { observations: outcome.observations.map(cleanObservation) }),
      ...failed,
    };
  }
  const name = `${callId}-output.txt`;
  const note = `[cut: ${cut.length} of ${whole.length} characters; the whole is in the file ${name}]`;
  const file: FilePart = {
    type: 'file',
    id: `${callId}-output`,
    name,
    mediaType: 'text/plain',
    blob: new Blob([whole], { type: 'text/plain' }),
  };
  return { type: 'result', callId, parts: [...parts, file], observation: `${cut}\n${note}`, ...failed };
}

const cleanObservation = ({ header, text }: Observation): Observation => ({
  header: cleanText(header),
  text: cleanText(text).trim() || OBSERVATIONS.noOutput,
});

/** @returns the beginning that fits; undefined when all of it does */
async function beginning(
  text: string,
  { maxTokens, countTokens }: ObservationLimit,
): Promise<string | undefined> {
  if (text.length <= maxTokens) return undefined; // a character is a token at most, rare ones aside
  const count = async (part: string) => {
    const counted = await countTokens?.([{ role: 'user', parts: [{ type: 'text', text: part }] }]);
    return counted ?? estimatedTokens(part);
  };
  // No token is longer than this on the average: a longer text need not be counted whole.
  let kept = text.slice(0, maxTokens * 8);
  let tokens = await count(kept);
  if (kept.length === text.length && tokens <= maxTokens) return undefined;
  const room = Math.max(16, maxTokens - NOTE_TOKENS);
  for (let attempt = 0; attempt < 6 && tokens > room; attempt++) {
    kept = kept.slice(0, Math.floor(kept.length * (room / tokens) * 0.95));
    tokens = await count(kept);
  }
  return kept.replace(/[\uD800-\uDBFF]$/, '').trimEnd();
}

/** What people see, without characters that they would not. */
export function cleanPart(part: ResultPart['parts'][number]): ResultPart['parts'][number] {
  if (part.type === 'text') return { ...part, text: cleanText(part.text) };
  if (part.type === 'citation')
    return { ...part, title: cleanText(part.title), quote: cleanText(part.quote) };
  if (part.type !== 'table') return part;
  const cells = (row: string[]) => row.map(cleanText);
  return { ...part, columns: cells(part.columns), rows: part.rows.map(cells) };
}
