// The raw logits after a prompt, for tests and tools.
import type { LogitsResult } from '../../protocol/bench';
import type { EngineCalls } from '../../protocol/calls';
import { AppError } from '../../shared/errors';
import { GREEDY_SAMPLING } from '../../shared/sampling';
import { PICTURE_FORMAT } from '../../model/seeingFamilies';
import type { ImagePart } from '../../protocol/chat';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { Session } from '../decode/session';
import { embeddedIds, type EmbeddedSpan } from '../kv/embeddedSpan';
import type { PictureRows } from '../prompt/chatPrompt';

const GREEDY = { ...GREEDY_SAMPLING, seed: 0 };
const TOP = 20;

export type InspectArgs = Pick<EngineCalls['logits']['args'], 'ids' | 'greedy' | 'all'> & {
  /** Embedded rows among the ids. */
  embedded?: readonly EmbeddedSpan[];
  session: Session;
  vocabSize: number;
  signal: AbortSignal;
};

/** Raw logits after the last id, and the greedy continuation. @throws AppError bad-request, context-full */
export async function inspectLogits(args: InspectArgs): Promise<LogitsResult> {
  const { session, vocabSize, signal, ids, embedded = [], greedy = 0, all } = args;
  const isEmbedded = (at: number) => embedded.some(({ start, length }) => at >= start && at < start + length);
  const wrong = ids.find((id, at) => (!Number.isInteger(id) || id < 0 || id >= vocabSize) && !isEmbedded(at));
  if (wrong !== undefined) {
    const message = `Token id ${wrong} is outside the vocabulary of ${vocabSize}.`;
    throw new AppError('bad-request', message, { field: 'ids', why: String(wrong) });
  }
  await session.prefill(ids, { embedded, signal });
  const logits = await session.logits();
  const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  const peak = logits[order[0]];
  const logSumExp = peak + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0));
  const chosen: number[] = [];
  if (greedy > 0) {
    for await (const id of session.decode(GREEDY)) {
      chosen.push(id);
      if (chosen.length >= greedy) break;
    }
  }
  const top = order.slice(0, TOP).map((id): [number, number] => [id, logits[id]]);
  return { top, logSumExp, greedy: chosen, all: all ? logits : undefined };
}

/**
 * Ids with the rows of pictures between the tokens that begin and end them, in place of whatever stands there.
 * @throws AppError bad-request where there are more or fewer pictures than places
 */
export function withPictures(
  ids: readonly number[],
  { pictures, rows, tokenizer }: { pictures: readonly ImagePart[]; rows: PictureRows; tokenizer: Tokenizer },
): { ids: number[]; embedded: EmbeddedSpan[] } {
  const [before, after] = [PICTURE_FORMAT.before, PICTURE_FORMAT.after].map((name) =>
    tokenizer.specialId(name),
  );
  const all: number[] = [];
  const embedded: EmbeddedSpan[] = [];
  for (let at = 0; at < ids.length; at++) {
    all.push(ids[at]);
    if (ids[at] !== before || embedded.length === pictures.length) continue;
    const content = rows.get(pictures[embedded.length]);
    const end = ids.findIndex((id, i) => i > at && id === after);
    if (!content || end < 0) break;
    embedded.push({ ...content, start: all.length });
    all.push(...embeddedIds(content));
    at = end - 1;
  }
  if (embedded.length === pictures.length) return { ids: all, embedded };
  const why = `${embedded.length} places for ${pictures.length} pictures`;
  throw new AppError('bad-request', `The ids have ${why}: ${PICTURE_FORMAT.before} begins one.`, {
    field: 'ids',
    why,
  });
}
