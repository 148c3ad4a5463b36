// Reads our own JSON export. Every value is checked: the file may be cut, edited by hand, or made to harm.
import type { ServedBy } from '../../../protocol/chat';
import { AppError } from '../../../shared/errors';
import { SAMPLING_NAMES, SAMPLING_OFF } from '../../../shared/sampling';
import { chatFromVersion1, partsOfVersion2, SCHEMA_VERSION } from '../chatSchema';
import { CONTEXT_POLICIES } from '../../answerSettings';
import { SLOW_REASONS } from '../answers/slowness';
import { byCreation } from '../tree';
import type {
  AnswerEnd,
  AnswerRecord,
  AnswerSettings,
  Chat,
  GenerateSummary,
  KnownModel,
  Message,
  Part,
} from '../types';
import { MOST_PARTS, readAttachment, readParts } from './readParts';
import { asId, asList, asNumber, asObject, asText, damaged, field, type Found } from './shape';

export const MOST_CHATS = 20_000;
export const MOST_MESSAGES = 100_000;

const ENDS: AnswerEnd[] = ['stop', 'observation', 'length', 'context', 'aborted', 'interrupted', 'error'];
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
  const known = ENDS.find((end) => end === reason.value);
  if (!known || known === 'interrupted' || known === 'error') throw damaged(reason, 'no reason we know');
  const numbers = SUMMARY_NUMBERS.map((key) => [key, asNumber(field(object, key, found), 0)] as const);
  const [speculation, served] = [field(object, 'speculation', found), field(object, 'served', found)];
  return {
    reason: known,
    ...(Object.fromEntries(numbers) as Record<(typeof SUMMARY_NUMBERS)[number], number>),
    ...readNumbers(found, OPTIONAL_NUMBERS),
    ...(speculation.value !== undefined && {
      speculation: { ...NO_DRAFTS, ...readNumbers(speculation, DRAFT_NUMBERS) },
    }),
    ...(served.value !== undefined && { served: readServed(served) }),
  };
}

function readMessage(found: Found, version: number): Message {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  const parent = of('parentId');
  const role = of('role');
  if (role.value !== 'user' && role.value !== 'assistant')
    throw damaged(role, 'user or assistant was expected');
  const base = {
    id: asId(of('id')),
    parentId: parent.value === null ? null : asId(parent),
    parts: version >= 3 ? readParts(of('parts')) : readVersion2(found, role.value),
    createdAt: asNumber(of('createdAt')),
  };
  if (role.value === 'user') return { ...base, role: 'user' };
  const end = of('end');
  const known = ENDS.find((name) => name === end.value);
  if (!known) throw damaged(end, 'no ending we know');
  const summary = readSummary(of('summary'));
  return {
    ...base,
    role: 'assistant',
    end: known,
    ...(summary && { summary }),
    seed: asNumber(of('seed'), 0),
    modelName: asText(of('modelName'), ''),
    ...(of('made').value !== undefined && { made: readRecord(of('made')) }),
    ...(of('server').value !== undefined && { server: asText(of('server')) }),
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
    ...(first.value !== undefined && { firstTokenMs: asNumber(first) }),
    ...(reasons && { slow: reasons }),
  };
}

/** Every message has to be reached from the start of its chat. */
function checkTree(messages: Message[], found: Found): void {
  const ids = new Set(messages.map(({ id }) => id));
  if (ids.size < messages.length) throw damaged(found, 'two messages have one id');
  // Roots and their children, level by level: what is left over hangs on nothing, or on itself.
  const reached = new Set<string>();
  const children = new Map<string | null, Message[]>();
  for (const message of messages) {
    const siblings = children.get(message.parentId);
    if (siblings) siblings.push(message);
    else children.set(message.parentId, [message]);
  }
  const queue = [...(children.get(null) ?? [])];
  for (const { id } of queue) {
    reached.add(id);
    for (const child of children.get(id) ?? []) queue.push(child);
  }
  const lost = messages.findIndex(({ id }) => !reached.has(id));
  if (lost < 0) return;
  const { parentId } = messages[lost];
  const why = ids.has(parentId ?? '')
    ? 'it follows itself'
    : `the message ${parentId} that it follows is missing`;
  throw damaged({ ...found, where: `${found.where}[${lost}]` }, why);
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
  };
}

function readChat(found: Found, version: number): Chat {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  const all = of('messages');
  const messages = asList(all, MOST_MESSAGES).map((message) => readMessage(message, version));
  checkTree(messages, all);
  const choices = of('chosen');
  const chosen = choices.value === undefined ? {} : asObject(choices);
  const known = new Set(messages.map(({ id }) => id));
  const titleBy = of('titleBy').value;
  return {
    id: asId(of('id')),
    title: asText(of('title'), ''),
    titleBy: titleBy === 'user' || titleBy === 'model' ? titleBy : 'start',
    createdAt: asNumber(of('createdAt')),
    updatedAt: asNumber(of('updatedAt')),
    pinned: of('pinned').value === true,
    systemPrompt: asText(of('systemPrompt'), ''),
    ...(of('settings').value !== undefined && { settings: readSettings(of('settings')) }),
    ...(of('model').value !== undefined && { model: readModel(of('model')) }),
    chosen: Object.fromEntries(
      Object.entries(chosen).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && known.has(entry[1]),
      ),
    ),
    messages: messages.sort(byCreation),
  };
}

/**
 * The chats of an export of any version.
 * @throws AppError import-version, import-damaged with the place in the file
 */
export function readExport(value: unknown, name: string): Chat[] {
  const root = { value, where: '', name };
  const object = asObject({ ...root, where: 'the start' });
  const version = asNumber(field(object, 'version', root));
  if (version > SCHEMA_VERSION) {
    const details = { name, found: version, supported: SCHEMA_VERSION };
    throw new AppError(
      'import-version',
      `${name} has version ${version}, this app reads ${SCHEMA_VERSION}.`,
      details,
    );
  }
  const chats = asList(field(object, 'chats', root), MOST_CHATS).map((found) => {
    if (version >= 2) return readChat(found, version);
    const chat = chatFromVersion1(found.value);
    if (!chat) throw damaged(found, 'no chat of version 1');
    return chat;
  });
  const ids = new Set<string>();
  for (const [index, { id }] of chats.entries()) {
    if (ids.has(id)) throw damaged({ ...root, where: `chats[${index}].id` }, 'two chats have one id');
    ids.add(id);
  }
  return chats.filter(({ messages }) => messages.length > 0);
}
