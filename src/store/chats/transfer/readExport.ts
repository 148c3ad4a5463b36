// Reads our own JSON export. Every value is checked: the file may be cut, edited by hand, or made to harm.
import { readAgentOf, readSought } from './readAgent';
import type { FormatFault, ServedBy } from '../../../protocol/chat';
import { AppError } from '../../../shared/errors';
import { SAMPLING_NAMES, SAMPLING_OFF } from '../../../shared/sampling';
import { chatFromVersion1, partsOfVersion2, SCHEMA_VERSION } from '../chatSchema';
import { CONTEXT_POLICIES, readFormat, readNames, readThinking } from '../../answerSettings';
import { SLOW_REASONS } from '../answers/slowness';
import { mendedTree } from '../mend';
import type {
  AnswerEnd,
  AnswerRecord,
  AnswerSettings,
  Chat,
  GenerateSummary,
  Grade,
  KnownModel,
  Message,
  Part,
} from '../types';
import { MOST_PARTS, readAttachment, readParts } from './readParts';
import {
  asId,
  asList,
  asNumber,
  asObject,
  asText,
  cleanId,
  damaged,
  field,
  type Found,
  type Report,
} from './shape';

export const MOST_CHATS = 20_000;
export const MOST_MESSAGES = 100_000;

const REASONS = ['stop', 'observation', 'length', 'context', 'aborted'] as const;
const ENDS: AnswerEnd[] = [...REASONS, 'interrupted', 'error', 'hops', 'repeated'];
const SUMMARY_NUMBERS = [
  'promptTokens',
  'reusedTokens',
  'newTokens',
  'prefillMs',
  'decodeMs',
  'contextUsed',
  'contextTokens',
] as const;

const OPTIONAL_NUMBERS = ['prefilledTokens', 'droppedTurns', 'gpuBytes', 'kvBytes', 'stepsInFlight'] as const;
const DRAFT_NUMBERS = ['passes', 'draftedTokens', 'acceptedTokens'] as const;
const NO_DRAFTS = { passes: 0, draftedTokens: 0, acceptedTokens: 0 };
const SIGHT_NUMBERS = ['pictures', 'tokens', 'ms'] as const;
const NO_SIGHT = { pictures: 0, tokens: 0, ms: 0 };
const STEP_NUMBERS = ['deepest', 'constrained', 'dropped'] as const;
const NO_STEPS = { deepest: 0, constrained: 0, dropped: 0 };

function readServed(found: Found): ServedBy {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  return {
    model: asText(of('model'), ''),
    fingerprint: asText(of('fingerprint'), ''),
    counted: of('counted').value === 'server' ? 'server' : 'here',
  };
}

function readSummary(found: Found): GenerateSummary | undefined {
  if (found.value === undefined) return undefined;
  const object = asObject(found);
  const reason = field(object, 'reason', found);
  const known = REASONS.find((end) => end === reason.value);
  if (!known) throw damaged(reason, 'no reason we know');
  const numbers = SUMMARY_NUMBERS.map((key) => [key, asNumber(field(object, key, found), 0)] as const);
  const [speculation, served] = [field(object, 'speculation', found), field(object, 'served', found)];
  const [seeing, steps] = [field(object, 'seeing', found), field(object, 'steps', found)];
  const faults = field(object, 'formatFaults', found);
  return {
    reason: known,
    ...(Object.fromEntries(numbers) as Record<(typeof SUMMARY_NUMBERS)[number], number>),
    ...readNumbers(found, OPTIONAL_NUMBERS),
    ...(speculation.value !== undefined && {
      speculation: { ...NO_DRAFTS, ...readNumbers(speculation, DRAFT_NUMBERS) },
    }),
    ...(served.value !== undefined && { served: readServed(served) }),
    ...(seeing.value !== undefined && { seeing: { ...NO_SIGHT, ...readNumbers(seeing, SIGHT_NUMBERS) } }),
    ...(steps.value !== undefined && { steps: { ...NO_STEPS, ...readNumbers(steps, STEP_NUMBERS) } }),
    ...(faults.value !== undefined && { formatFaults: asList(faults, MOST_PARTS).map(readFault) }),
  };
}

function readFault(found: Found): FormatFault {
  const object = asObject(found);
  const text = (key: 'where' | 'why') => asText(field(object, key, found));
  return { where: text('where'), why: text('why') };
}

function readEnd(found: Found): AnswerEnd {
  const known = ENDS.find((name) => name === found.value);
  if (!known) throw damaged(found, 'no ending we know');
  return known;
}

const optional = <T>(found: Found, read: (found: Found) => T): T | undefined =>
  found.value === undefined ? undefined : read(found);

/** An id; one with other characters than ours becomes one without them. */
const readId = (found: Found): string => {
  const clean = cleanId(found.value);
  if (!clean) return asId(found); // which tells what is wrong
  return found.report.orElse(() => asId(found), clean);
};

function readMessage(found: Found, version: number): Message {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  const parent = of('parentId');
  const role = of('role');
  if (role.value !== 'user' && role.value !== 'assistant')
    throw damaged(role, 'user or assistant was expected');
  const { report } = found;
  const base = {
    id: readId(of('id')),
    parentId: parent.value === null ? null : readId(parent),
    parts: version >= 3 ? readParts(of('parts')) : readVersion2(found, role.value),
    createdAt: report.orElse(() => asNumber(of('createdAt')), 0),
  };
  if (role.value === 'user')
    return { ...base, role: 'user', ...readAgentOf(object, found), ...readSought(object, found) };
  const known = report.orElse(() => readEnd(of('end')), 'interrupted');
  const summary = report.orElse(() => readSummary(of('summary')), undefined);
  const made = report.orElse(() => optional(of('made'), readRecord), undefined);
  const server = report.orElse(() => optional(of('server'), asText), undefined);
  const grade = report.orElse(() => optional(of('grade'), readGrade), undefined);
  return {
    ...base,
    role: 'assistant',
    end: known,
    ...(summary && { summary }),
    seed: report.orElse(() => asNumber(of('seed'), 0), 0),
    modelName: report.orElse(() => asText(of('modelName'), ''), ''),
    ...(made && { made }),
    ...(server !== undefined && { server }),
    ...(grade && { grade }),
  };
}

/** The parts of a message of version 2. */
function readVersion2(found: Found, role: Message['role']): Part[] {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  const [attachments, ms] = [of('attachments'), of('thinkingMs')];
  return partsOfVersion2({
    role,
    content: asText(of('content')),
    end: asText(of('end'), ''),
    thinkingMs: ms.value === undefined ? undefined : asNumber(ms),
    attachments: attachments.value === undefined ? [] : asList(attachments, MOST_PARTS).map(readAttachment),
  });
}

function readModel(found: Found): KnownModel {
  const object = asObject(found);
  const text = (key: 'id' | 'name' | 'origin') => asText(field(object, key, found), '');
  return { id: text('id'), name: text('name'), origin: text('origin') };
}

function readNumbers<Key extends string>(found: Found, keys: readonly Key[]): Partial<Record<Key, number>> {
  const values = asObject(found);
  const numbers = keys
    .filter((key) => Object.hasOwn(values, key))
    .map((key) => [key, asNumber(field(values, key, found))] as const);
  return Object.fromEntries(numbers) as Partial<Record<Key, number>>;
}

const policyOf = (found: Found) => CONTEXT_POLICIES.find((policy) => policy === found.value);

/** What an answer was made with; what is missing reads as the neutral value. */
function readRecord(found: Found): AnswerRecord {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  const [most, first, slow] = [of('maxTokens'), of('firstTokenMs'), of('slow')];
  const reasons =
    slow.value === undefined
      ? undefined
      : asList(slow, SLOW_REASONS.length).flatMap(({ value }) =>
          SLOW_REASONS.filter((reason) => reason === value),
        );
  return {
    model: readModel(of('model')),
    quantisation: asText(of('quantisation'), ''),
    sampling: { ...SAMPLING_OFF, ...readNumbers(of('sampling'), SAMPLING_NAMES) },
    maxTokens: most.value === null || most.value === undefined ? null : asNumber(most),
    contextPolicy: policyOf(of('contextPolicy')) ?? 'drop-oldest',
    systemPrompt: asText(of('systemPrompt'), ''),
    ...readNames('tools', of('tools').value),
    ...readThinking(of('thinking').value),
    ...readNumbers(found, ['pictureTokens']),
    ...(first.value !== undefined && { firstTokenMs: asNumber(first) }),
    ...(reasons && { slow: reasons }),
  };
}

function readGrade(found: Found): Grade {
  const object = asObject(found);
  const number = field(object, 'grade', found);
  const grade = asNumber(number);
  if (!(grade >= 1 && grade <= 10)) throw damaged(number, '1 to 10 was expected');
  return { grade, reason: asText(field(object, 'reason', found), '') };
}

/** Two messages of one id become two messages. */
function withOwnIds(messages: Message[], { where, report }: Found): Message[] {
  const taken = new Set<string>();
  return messages.map((message) => {
    let { id } = message;
    for (let n = 2; taken.has(id); n++) id = `${message.id}-${n}`;
    taken.add(id);
    if (id !== message.id) report.mend(where, `two messages have the id ${message.id}`);
    return { ...message, id };
  });
}

/** Every message has to be reached from the start of its chat; others follow the one before them. */
function wholeTree(messages: Message[], { where, report }: Found): Message[] {
  const ids = new Set(messages.map(({ id }) => id));
  const mended = mendedTree(messages);
  const parents = new Map(messages.map(({ id, parentId }) => [id, parentId]));
  for (const { id, parentId } of mended) {
    const before = parents.get(id);
    if (before === parentId) continue;
    const why = ids.has(before ?? '')
      ? `the message ${id} follows itself`
      : `the message ${before} that ${id} follows is missing`;
    report.mend(where, why);
  }
  return mended;
}

function readSettings(found: Found): AnswerSettings {
  const object = asObject(found);
  const numberOrNull = (key: string) => {
    const value = field(object, key, found);
    return value.value === null || value.value === undefined ? null : asNumber(value);
  };
  return {
    sampling: readNumbers(field(object, 'sampling', found), SAMPLING_NAMES),
    seed: numberOrNull('seed'),
    maxTokens: numberOrNull('maxTokens'),
    contextPolicy: policyOf(field(object, 'contextPolicy', found)) ?? 'drop-oldest',
    ...readNumbers(found, ['pictureTokens']),
    ...readNames('tools', field(object, 'tools', found).value),
    ...(field(object, 'searchFirst', found).value === true && { searchFirst: true }),
    ...readFormat(field(object, 'format', found).value),
    ...readThinking(field(object, 'thinking', found).value),
  };
}

function readChat(found: Found, version: number): Chat {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  const all = of('messages');
  const { report } = found;
  const read = asList(all, MOST_MESSAGES).flatMap(
    (message) => report.attempt(() => readMessage(message, version)) ?? [],
  );
  const messages = wholeTree(withOwnIds(read, all), all);
  const choices = of('chosen');
  const chosen = report.orElse(() => (choices.value === undefined ? {} : asObject(choices)), {});
  const settings = report.orElse(() => optional(of('settings'), readSettings), undefined);
  const model = report.orElse(() => optional(of('model'), readModel), undefined);
  const createdAt = report.orElse(() => asNumber(of('createdAt')), messages[0]?.createdAt ?? 0);
  const known = new Set(messages.map(({ id }) => id));
  const titleBy = of('titleBy').value;
  return {
    id: readId(of('id')),
    title: report.orElse(() => asText(of('title'), ''), ''),
    titleBy: titleBy === 'user' || titleBy === 'model' ? titleBy : 'start',
    createdAt,
    updatedAt: report.orElse(() => asNumber(of('updatedAt')), messages.at(-1)?.createdAt ?? createdAt),
    pinned: of('pinned').value === true,
    systemPrompt: report.orElse(() => asText(of('systemPrompt'), ''), ''),
    ...(settings && { settings }),
    ...(model && { model }),
    ...readAgentOf(object, found),
    chosen: Object.fromEntries(
      Object.entries(chosen).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && known.has(entry[1]),
      ),
    ),
    messages,
  };
}

/**
 * Reads the chats of an export of any version, one at a time. What is damaged is repaired or left out, and reported.
 * @returns a function to which each chat is given; undefined: nothing of it can be kept
 * @throws AppError import-version
 */
export function chatReader(
  version: number,
  name: string,
  report: Report,
): (found: Found) => Chat | undefined {
  if (version > SCHEMA_VERSION) {
    const details = { name, found: version, supported: SCHEMA_VERSION };
    throw new AppError(
      'import-version',
      `${name} has version ${version}, this app reads ${SCHEMA_VERSION}.`,
      details,
    );
  }
  const ids = new Set<string>();
  return (found) => {
    const chat = report.attempt(() => readAnyChat(found, version));
    if (!chat || chat.messages.length === 0) return undefined;
    let { id } = chat;
    for (let n = 2; ids.has(id); n++) id = `${chat.id}-${n}`;
    if (id !== chat.id) report.mend(`${found.where}.id`, `two chats have the id ${chat.id}`);
    ids.add(id);
    return { ...chat, id };
  };
}

/** The chats of a whole export. @throws AppError import-version; import-damaged when it holds no list of chats */
export function readExport(value: unknown, name: string, report: Report): Chat[] {
  const root = { value, where: '', name, report };
  const object = asObject({ ...root, where: 'the start' });
  const version = report.orElse(() => asNumber(field(object, 'version', root)), SCHEMA_VERSION);
  const read = chatReader(version, name, report);
  return asList(field(object, 'chats', root), MOST_CHATS).flatMap((found) => read(found) ?? []);
}

function readAnyChat(found: Found, version: number): Chat {
  if (version >= 2) return readChat(found, version);
  const chat = chatFromVersion1(found.value);
  if (!chat) throw damaged(found, 'no chat of version 1');
  return chat;
}
