// GLM's chat format: turns to prompt tokens. Its counterpart for what comes back is answerParser.ts.
//
//   [gMASK]<sop><|system|>\n{system}<|user|>\n{question}<|assistant|>\n{answer}<|user|>\n{question}<|assistant|>
//
// A header line is a role token, a tool name or nothing, and a line feed. The next role token ends a turn. Header and
// content are encoded apart, as GLM's own tokenizer code does: a content that begins with a line feed never melts
// into its header. Only what stands here becomes a special token; what people type stays text.
import { AppError } from '../shared/errors';
import type { CallPart, ImagePart, ResultPart, Turn } from '../protocol/chat';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { isResult, observationsOf, plainText, splitRuns, textsAndPictures, type Run } from './chatParts';
import {
  emptyThought,
  opensThought,
  seesPictures,
  startWithoutThought,
  type ChatRequest,
  type Piece,
  type Recall,
} from './chatPieces';
import { asFunctions, writtenArgs } from './toolArgs';

const ASSISTANT: Piece = { special: '<|assistant|>' };
const OBSERVATION: Piece = { special: '<|observation|>' };
const THINK = '<think>';
const THINK_END = '</think>';
/** The format's own tags, which are tokens in some vocabularies. */
const OWN_TAGS = /(<\/?(?:think|answer)>)/;

/** A prompt's ids, and how many of them come before the answer to be generated or continued. */
export interface EncodedChat {
  ids: number[];
  answerStart: number;
  /** Where the rows of pictures begin, in order. */
  pictures?: { start: number; part: ImagePart }[];
}

/**
 * Token ids of a chat. A chat with more turns starts with the same ids, so the KV cache of the shorter one serves the
 * longer one. Exceptions: a later system turn where those come first, and reasoning, which a thinking model's history
 * drops.
 * @throws AppError 'bad-metadata' when the vocabulary lacks a role token; 'text-only' for parts that are no text.
 */
export function encodeChat({
  tokenizer,
  recall,
  ...request
}: ChatRequest & { tokenizer: Tokenizer; recall?: Recall }): EncodedChat {
  const ids: number[] = [];
  const pictures: NonNullable<EncodedChat['pictures']> = [];
  let answerStart: number | undefined;
  const { pictureIds } = request;
  const { picture: around } = request.family.format;
  const pieces = chatPieces(request);
  const add = (piece: Piece): void => {
    if ('picture' in piece) {
      if (!around || !pictureIds) throw new AppError('bug', 'A picture stands in a prompt without pictures.');
      ids.push(...encodeSpecial(tokenizer, { special: around.before }));
      pictures.push({ start: ids.length, part: piece.picture });
      for (const id of pictureIds(piece.picture)) ids.push(id);
      ids.push(...encodeSpecial(tokenizer, { special: around.after }));
    } else if ('answer' in piece) {
      if (piece === pieces.at(-1)) answerStart = ids.length;
      const recalled = recall?.(ids, piece.answer);
      if (recalled) for (const id of recalled) ids.push(id);
      else piece.instead.forEach(add);
    } else for (const id of encodePiece(tokenizer, piece)) ids.push(id);
  };
  pieces.forEach(add);
  const where = pictures.length > 0 ? { pictures } : {};
  return { ids, answerStart: answerStart ?? ids.length, ...where };
}

function encodePiece(
  tokenizer: Tokenizer,
  piece: Exclude<Piece, { instead: Piece[] } | { picture: ImagePart }>,
): number[] {
  if ('text' in piece) return tokenizer.encode(piece.text);
  return 'own' in piece ? encodeOwn(tokenizer, piece.own) : encodeSpecial(tokenizer, piece);
}

/** What {@link encodeChat} encodes, for people and tests. */
export function renderChat(request: ChatRequest): string {
  const spell = (piece: Piece): string => {
    if ('picture' in piece) return `[${piece.picture.alt}]`;
    if ('answer' in piece) return piece.instead.map(spell).join('');
    return 'text' in piece ? piece.text : 'own' in piece ? piece.own : piece.special;
  };
  return chatPieces(request).map(spell).join('');
}

function chatPieces(request: ChatRequest): Piece[] {
  const { family, messages, addGenerationPrompt, continueLast, template } = request;
  const begun = continueLast && messages.at(-1)?.role === 'assistant' ? (messages.at(-1)?.parts ?? []) : [];
  const runs = splitRuns(begun);
  const last = runs.length > 0 && !isResult(begun.at(-1)) ? (runs.pop() ?? []) : [];
  const turns = begun.length > 0 ? messages.slice(0, -1) : [...messages];
  if (runs.length > 0) turns.push({ role: 'assistant', parts: runs.flat() });
  const hasThought = last[0]?.type === 'thought';
  const withoutThought = request.withoutThought && !hasThought;
  const made = { ...request, messages: turns, withoutThought };
  const pieces = template?.pieces(made) ?? ownPieces(made);
  if (!addGenerationPrompt) return pieces;
  const { answerStart } = family.format;
  const isSwitched = withoutThought && template?.withoutThought !== undefined;
  // What was written without a thought goes on behind an empty one.
  const skips = withoutThought ? family.thinks : last.length > 0 && !hasThought && opensThought(answerStart);
  if (skips && !isSwitched) pieces.push({ own: emptyThought(request) });
  const start = withoutThought ? startWithoutThought(request) : answerStart;
  if (last.length > 0)
    pieces.push({ answer: last, instead: writtenPieces(family, last, start !== '' || skips) });
  return pieces;
}

/** The family's own format, up to the generation prompt. */
function ownPieces(request: ChatRequest): Piece[] {
  const { family, messages, tools = [], describeTools, addGenerationPrompt } = request;
  const { format, defaultSystem } = family;
  let turns = [...messages];
  if (defaultSystem && !turns.some(isSystem)) turns.unshift(systemTurn(defaultSystem));
  if (tools.length > 0 && format.tools && describeTools)
    turns.unshift(systemTurn(describeTools(tools, format.tools)));
  if (format.systemFirst) turns = [...turns.filter(isSystem), ...turns.filter((turn) => !isSystem(turn))];
  const pieces: Piece[] = format.prefix.map((special) => ({ special, optional: true }));
  for (const { role, parts } of turns) {
    if (role === 'assistant') pieces.push(...assistantPieces(family, splitRuns(parts)));
    else {
      const content = textsAndPictures(parts, seesPictures(request));
      pieces.push({ special: `<|${role}|>` }, { text: '\n' }, ...content.map(pieceOfContent));
    }
  }
  if (!addGenerationPrompt) return pieces;
  // The model writes the line feed that ends its header itself, unless the format gives it.
  pieces.push(ASSISTANT, ...(format.answerStart ? [{ own: format.answerStart }] : []));
  return pieces;
}

const pieceOfContent = (content: string | ImagePart): Piece =>
  typeof content === 'string' ? { text: content } : { picture: content };

const isSystem = ({ role }: Turn): boolean => role === 'system';
const systemTurn = (text: string): Turn => ({ role: 'system', parts: [{ type: 'text', text }] });

function assistantPieces(family: ChatRequest['family'], runs: Run[]): Piece[] {
  const calls = new Map(
    runs.flat().flatMap((part) => (part.type === 'call' ? [[part.id, part] as const] : [])),
  );
  const pieces: Piece[] = [];
  for (const run of runs.length > 0 ? runs : [[]]) {
    if (run.some(isResult)) {
      pieces.push(
        ...run
          .filter(isResult)
          .flatMap((result) => resultPieces(result, calls.get(result.callId), family.format)),
      );
    } else pieces.push(ASSISTANT, ...answerPieces(family, run));
  }
  return pieces;
}

/** What the model wrote in one go, in the history. */
function answerPieces(family: ChatRequest['family'], run: Run): Piece[] {
  const { format, thinks } = family;
  const kept = thinks ? run.filter(({ type }) => type !== 'thought') : run;
  // A thinking model's prompt ends in a thought that the history drops: what it sampled is not found again.
  if (thinks) return writtenPieces(family, kept, false);
  const given: Piece[] = format.answerStart ? [{ own: format.answerStart }] : [];
  return [...given, { answer: run, instead: writtenPieces(family, kept, given.length > 0) }];
}

/**
 * The pieces of what the model wrote, from behind its <|assistant|>.
 * @param begun the first header is there already
 */
function writtenPieces({ format }: ChatRequest['family'], run: Run, begun: boolean): Piece[] {
  const pieces: Piece[] = [];
  /** A stretch has begun and may go on: a thought before its text. */
  let open = begun;
  run.forEach((part, index) => {
    if (part.type === 'call') {
      if (index > 0) pieces.push(ASSISTANT);
      pieces.push(
        { text: `${part.tool}${format.afterToolName}\n` },
        { text: writtenArgs(part, asFunctions(format.tools)) },
      );
      open = false;
      return;
    }
    const afterThought = run[index - 1]?.type === 'thought';
    if (index > 0 && !afterThought) {
      pieces.push(ASSISTANT);
      open = false;
    }
    if (!open) pieces.push({ text: '\n' });
    open = true;
    if (part.type !== 'thought') return pieces.push({ text: plainText(part) });
    // The prompt may hold the opening tag.
    if (index > 0 || !format.answerStart.includes(THINK)) pieces.push({ own: `${THINK}\n` });
    pieces.push({ text: part.text });
    if (!part.unfinished) pieces.push({ own: `\n${THINK_END}\n\n` });
  });
  if (run.length === 0 && !begun) pieces.push({ text: '\n' });
  return pieces;
}

/** The observations of a result. */
function resultPieces(
  result: ResultPart,
  call: CallPart | undefined,
  { tools }: ChatRequest['family']['format'],
): Piece[] {
  const all = observationsOf(result, call, asFunctions(tools));
  return all.flatMap(({ header, text }) => [OBSERVATION, { text: `${header}\n` }, { text }]);
}

function encodeSpecial(
  tokenizer: Tokenizer,
  { special, optional }: { special: string; optional?: boolean },
): number[] {
  const id = tokenizer.specialId(special);
  if (id !== undefined) return [id];
  if (optional) return [];
  const why = `no ${special} token`;
  throw new AppError('bad-metadata', `The file's vocabulary has ${why}. Choose another conversion.`, {
    key: 'tokenizer.ggml.tokens',
    why,
  });
}

/** The format's own words, whose tags become tokens where the vocabulary has them. */
export function encodeOwn(tokenizer: Pick<Tokenizer, 'encode' | 'specialId'>, text: string): number[] {
  const pieces: (string | number)[] = [];
  for (const piece of text.split(OWN_TAGS)) {
    const id = tokenizer.specialId(piece);
    const last = pieces.at(-1);
    if (id !== undefined) pieces.push(id);
    else if (typeof last === 'string') pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  }
  return pieces.flatMap((piece) => (typeof piece === 'number' ? [piece] : tokenizer.encode(piece)));
}
