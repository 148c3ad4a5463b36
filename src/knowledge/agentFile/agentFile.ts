// .glmagent: an agent in one zip. agent.json, functions/functions.json, knowledge/. Never keys, never permissions.
import { strFromU8, strToU8, zipSync } from 'fflate';
import { AppError } from '../../shared/errors';
import type { KnowledgeBase } from '../base';
import { cardOf, type AgentCard } from './card';
import { jsonPart, knowledgeOf, knowledgeParts } from './knowledge';
import { damaged, readParts } from './zip';

export const AGENT_EXTENSION = '.glmagent';
const FORMAT = 1;
const CARD = 'agent.json';
const FUNCTIONS = 'functions/functions.json';

export interface Agent {
  card: AgentCard;
  /** JSON text of functions, as src/tools/functions reads and checks it: code of strangers until the user accepts it. */
  functions?: string;
  knowledge?: KnowledgeBase;
}

/** The bytes of a .glmagent; the same agent gives the same bytes. */
export function writeAgent({ card, functions, knowledge }: Agent): Uint8Array<ArrayBuffer> {
  const checked = cardOf({ ...card }, (field, why) => new AppError('bug', `agent: ${field}: ${why}`));
  const parts = {
    [CARD]: strToU8(JSON.stringify({ format: FORMAT, ...checked }, null, 1)),
    ...(functions !== undefined && { [FUNCTIONS]: strToU8(functions) }),
    ...(knowledge && knowledgeParts(knowledge)),
  };
  return zipSync(parts, { level: 6, mtime: new Date(1980, 0, 1) }) as Uint8Array<ArrayBuffer>;
}

function unknown(name: string): AppError {
  return new AppError('agent-unknown', `${name} is no ${AGENT_EXTENSION} file. Choose an exported agent.`, {
    name,
  });
}

/**
 * The agent in a file. Its instructions and functions are a stranger's: show them before they are kept.
 * @param name of the file, for messages.
 * @throws AppError agent-unknown, agent-damaged, agent-version, agent-too-large
 */
export function readAgent(bytes: Uint8Array, name: string): Agent {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw unknown(name);
  const isPart = (part: string) => part === CARD || part === FUNCTIONS || part.startsWith('knowledge/');
  const parts = readParts(bytes, name, isPart);
  if (!parts[CARD]) throw unknown(name);
  const json = jsonPart(parts, CARD, name);
  const { format } = (json ?? {}) as { format?: unknown };
  if (typeof format !== 'number') throw damaged(name, `${CARD}: format`, 'a number was expected');
  if (format > FORMAT) {
    const message = `${name} is of format ${format}; this version reads up to ${FORMAT}.`;
    throw new AppError('agent-version', message, { name, found: format, supported: FORMAT });
  }
  const card = cardOf(json as Record<string, unknown>, (field, why) =>
    damaged(name, `${CARD}: ${field}`, why),
  );
  const knowledge = knowledgeOf(parts, name);
  const functions = parts[FUNCTIONS] && strFromU8(parts[FUNCTIONS]);
  return { card, ...(functions !== undefined && { functions }), ...(knowledge && { knowledge }) };
}
