// From a file to chats in the database: what it is, whether it is small enough, what of it can be read. That is written
// in one transaction; the rest is reported.
import { AppError } from '../../../shared/errors';
import { ZipBudget, type ZipRefusal } from '../../../shared/zipBudget';
import type { ChatDb } from '../chatDb';
import type { Chat } from '../types';
import { looksLikeChatGpt, readChatGpt } from './chatGpt';
import { EXPORT_FORMAT } from './exportFormat';
import { chatReader, readExport } from './readExport';
import { damaged, Report, unreadable, type Problem } from './shape';

/** Limit of one JSON text: as objects it takes several times as much memory. A larger export is read chat by chat. */
export const MAX_JSON_BYTES = 150e6;
/** Limit of a zip, and of what is unpacked from it. Of its pictures and recordings only those in the talk are read. */
const MAX_ZIP_BYTES = 1e9;
const MAX_ATTACHMENT_BYTES = 50e6;

export interface ImportResult {
  /** Chats that are new, chats that were here and got more messages, chats that were here already. */
  added: number;
  extended: number;
  present: number;
  messages: number;
  /** Values repaired; chats, messages and parts that could not be read; where and why, the first of them. */
  mended: number;
  leftOut: number;
  problems: Problem[];
}

function checkSize(name: string, sizeBytes: number, maxBytes: number): void {
  if (sizeBytes <= maxBytes) return;
  const details = { name, sizeBytes, maxBytes };
  throw new AppError(
    'import-too-large',
    `${name} has ${sizeBytes} bytes, the limit is ${maxBytes}.`,
    details,
  );
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    if (!text.trim()) throw unreadable({ name, where: 'its start' }, 'the file is empty');
    // Browsers tell the place in their own words, or not at all.
    const position = /position (\d+)/.exec(reason)?.[1];
    const where = position ? `character ${position}` : /end of/i.test(reason) ? 'its end' : 'its text';
    const token = /token '?(.{1,12}?)'?,? /u.exec(reason)?.[1];
    throw unreadable({ name, where }, `the JSON is broken or cut${token ? ` (${token})` : ''}`);
  }
}

function parseOrSalvage(text: string, name: string, report: Report): unknown {
  try {
    return parseJson(text, name);
  } catch (error) {
    const found = readCutExport(text, report) as { chats: unknown[] } | undefined;
    if (!found || found.chats.length === 0) throw error;
    report.attempt(() => {
      throw error; // the part after the last whole chat
    });
    return found;
  }
}

const isZip = (head: Uint8Array) => head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
const isConversations = (path: string) => /(^|\/)conversations(-\d+)?\.json$/.test(path);
const baseName = (path: string) => path.split('/').pop() ?? '';

async function readZip(file: File, report: Report, maxJsonBytes: number): Promise<Chat[]> {
  checkSize(file.name, file.size, MAX_ZIP_BYTES);
  const { unzipSync } = await import('fflate');
  const packed = new Uint8Array(await file.arrayBuffer());
  const budget = new ZipBudget(packed.length, MAX_ZIP_BYTES);
  const accept = (refusal: ZipRefusal | undefined) => {
    if (refusal?.kind === 'too-large') checkSize(file.name, refusal.bytes, refusal.maxBytes);
    if (refusal) throw unreadable({ name: file.name, where: 'the zip' }, 'its list of files cannot be true');
  };
  // Sizes come from the zip's own list, and unpacking stops at them: a small file cannot become a huge one.
  const unpack = (wanted: (path: string, bytes: number, packedBytes: number) => boolean) => {
    try {
      return unzipSync(packed, {
        filter: ({ name, originalSize, size }) => wanted(name, originalSize, size),
      });
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw unreadable({ name: file.name, where: 'the zip' }, 'it is damaged or cut');
    }
  };
  const paths: string[] = [];
  unpack((path, bytes, size) => {
    accept(budget.see({ name: path, size, originalSize: bytes }));
    paths.push(path);
    if (!isConversations(path)) return false;
    checkSize(`${file.name}/${path}`, bytes, maxJsonBytes);
    accept(budget.take(bytes));
    return false;
  });
  const found = paths.filter(isConversations).sort();
  if (found.length === 0)
    throw new AppError('import-unknown', `${file.name} holds no chats`, { name: file.name });
  const findFile = (id: string) => {
    const path = paths.find((candidate) => baseName(candidate).startsWith(id));
    const bytes =
      path &&
      unpack((candidate, size) => candidate === path && size <= MAX_ATTACHMENT_BYTES && !budget.take(size))[
        path
      ];
    return path && bytes ? { name: baseName(path), bytes } : undefined;
  };
  // One shard at a time: ChatGPT splits a large export into many, each of a few megabytes.
  return found.flatMap((path) => {
    const name = `${file.name}/${path}`;
    const text = new TextDecoder().decode(unpack((candidate) => candidate === path)[path]);
    return report.attempt(() => readChatGpt(parseJson(text, name), name, report, findFile)) ?? [];
  });
}

/** The start of our export, and every whole chat of one that was cut or damaged: each stands on a line of its own. */
function readCutExport(text: string, report: Report): unknown {
  const [head, ...lines] = text.split('\n');
  if (!head.includes(`"format":"${EXPORT_FORMAT}"`)) return undefined;
  const version = Number(/"version":(\d+)/.exec(head)?.[1] ?? NaN);
  const chats = lines.flatMap((line, index) => {
    const json = line.replace(/^,|,$/g, '').trim();
    if (!json.startsWith('{')) return [];
    return report.attempt(() => parseJson(json, `line ${index + 2}`)) ?? [];
  });
  return { format: EXPORT_FORMAT, version, chats };
}

/** The first line of our export: its version, and the list of chats begins. */
const HEAD = new RegExp(`^\\{"format":"${EXPORT_FORMAT}","version":(\\d+)[^\\n]*"chats":\\[$`);

/**
 * An export of ours that is larger than one JSON text may be, as pictures make it: each of its chats stands on a line of
 * its own, and only one line at a time is a text.
 * @returns undefined when the file is something else
 */
async function readLargeExport(file: File, report: Report, maxChars: number): Promise<Chat[] | undefined> {
  const start = await file.slice(0, 64).text();
  if (!start.startsWith(`{"format":"${EXPORT_FORMAT}"`)) return undefined;
  const { name } = file;
  const chats: Chat[] = [];
  let read: ReturnType<typeof chatReader> | undefined;
  for await (const { number, text } of linesOf(file, maxChars)) {
    if (!read) {
      const version = HEAD.exec(text ?? '')?.[1];
      if (version === undefined) return undefined;
      read = chatReader(Number(version), name, report);
      continue;
    }
    const where = `line ${number}`;
    const json = text?.replace(/^,|,$/g, '').trim();
    if (json !== undefined && !json.startsWith('{')) continue;
    const value = report.attempt(() => {
      if (json === undefined) throw damaged({ name, where }, `more than ${maxChars} characters`);
      return parseJson(json, where);
    });
    const chat = value === undefined ? undefined : read({ value, where, name, report });
    if (chat) chats.push(chat);
  }
  return chats;
}

/** The lines of a file, counted from 1; one that is longer comes without its text. */
async function* linesOf(
  file: File,
  maxChars: number,
): AsyncGenerator<{ number: number; text: string | undefined }> {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let [number, chars] = [1, 0];
  let pieces: string[] = [];
  const take = (piece: string) => {
    chars += piece.length;
    if (chars <= maxChars) pieces.push(piece);
    else pieces = [];
  };
  const line = () => {
    const text = chars <= maxChars ? pieces.join('') : undefined;
    [pieces, chars] = [[], 0];
    return { number: number++, text };
  };
  for (;;) {
    const { done, value = '' } = await reader.read();
    const [first, ...rest] = value.split('\n');
    take(first);
    for (const piece of rest) {
      yield line();
      take(piece);
    }
    if (done) break;
  }
  yield line();
}

/** The chats of a file, or the reason why there are none. @throws AppError of `readChatFile` */
export async function readChatFile(
  file: File,
  report: Report = new Report(),
  maxJsonBytes = MAX_JSON_BYTES,
): Promise<Chat[]> {
  const chats = await readKnownFile(file, report, maxJsonBytes);
  const [problem] = report.problems;
  if (chats.length === 0 && problem) throw damaged({ name: file.name, where: problem.where }, problem.why);
  return chats;
}

/**
 * The chats of a file: our own export, or ChatGPT's as JSON or zip. What is damaged is repaired or left out.
 * @param maxJsonBytes of one JSON text
 * @throws AppError import-too-large, import-unknown, import-version, import-damaged, file-unreadable
 */
async function readKnownFile(file: File, report: Report, maxJsonBytes: number): Promise<Chat[]> {
  const { name } = file;
  try {
    if (isZip(new Uint8Array(await file.slice(0, 4).arrayBuffer())))
      return await readZip(file, report, maxJsonBytes);
    const large = file.size > maxJsonBytes && (await readLargeExport(file, report, maxJsonBytes));
    if (large) return large;
    checkSize(name, file.size, maxJsonBytes);
    const head = (await file.slice(0, 64).text()).replace(/^\ufeff/, '').trimStart();
    if (head && !/^[[{]/.test(head)) throw new AppError('import-unknown', `${name} is no JSON`, { name });
    const value = parseOrSalvage((await file.text()).replace(/^\ufeff/, ''), name, report);
    if (looksLikeChatGpt(value)) return readChatGpt(value, name, report);
    if (typeof value === 'object' && value !== null && 'format' in value && value.format === EXPORT_FORMAT) {
      return readExport(value, name, report);
    }
  } catch (error) {
    if (error instanceof DOMException) {
      throw new AppError('file-unreadable', `${name} cannot be read: ${error.message}`, { name }, error);
    }
    throw error;
  }
  throw new AppError('import-unknown', `${name} holds no chats`, { name });
}

/** Reads a file and adds what is new. Chats and messages are known by their ids. @throws AppError of readChatFile */
export async function importFile(chatDb: Pick<ChatDb, 'load' | 'addAll'>, file: File): Promise<ImportResult> {
  const report = new Report();
  const chats = await readChatFile(file, report);
  const { mended, leftOut, problems } = report;
  const result = { ...{ added: 0, extended: 0, present: 0, messages: 0 }, mended, leftOut, problems };
  for (const chat of chats) {
    const own = await chatDb.load(chat.id);
    const known = new Set(own?.messages.map(({ id }) => id));
    const fresh = chat.messages.filter(({ id }) => !known.has(id)).length;
    result.messages += fresh;
    result[!own ? 'added' : fresh > 0 ? 'extended' : 'present']++;
  }
  if (result.messages > 0) await chatDb.addAll(chats);
  return result;
}
