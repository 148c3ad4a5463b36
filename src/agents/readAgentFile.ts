// A file that holds an agent: .glmagent, or a character card as PNG or JSON. Everything in it is a stranger's.
import type { AgentCard, StarterTime } from '../knowledge/agentFile/card';
import { damaged, readParts } from '../knowledge/agentFile/zip';
import type { StoredKnowledge } from '../knowledge/stored';
import { AppError } from '../shared/errors';
import { cleanText } from '../tools/cleanText';
import { cardFault } from './agent';
import { agentOfCharacter, charaOfPng, isCharacter, isPng } from './characterCard';

/** An agent with 20,000 chunks and their vectors has about 60 MB. */
const MOST_BYTES = 300e6;
const MOST_CARD_BYTES = 20e6;

/** What the picker of files offers. */
export const AGENT_FILES = '.glmagent,.json,.png,.zip,application/json,image/png';

/** The files of agents in a zip of several; any other file as it is. @throws AppError agent-damaged */
export async function* agentFilesIn(file: File): AsyncGenerator<File> {
  if (!/\.zip$/i.test(file.name)) return yield file;
  const parts = readParts(new Uint8Array(await file.arrayBuffer()), file.name, (part) =>
    /\.glmagent$/i.test(part),
  );
  const names = Object.keys(parts);
  if (names.length === 0)
    throw new AppError('agent-unknown', `${file.name} holds no agents.`, { name: file.name });
  for (const name of names) yield new File([parts[name] as Uint8Array<ArrayBuffer>], name);
}

/** What a file holds of an agent. */
export interface FoundAgent {
  card: AgentCard;
  /** JSON text of functions, unchecked. */
  functions?: string;
  knowledge?: StoredKnowledge;
}

/**
 * The agent of a file, for a person to look at before it is kept. Its texts are cleaned of characters that people do not
 * see; a character's portrait is not part of the card.
 * @param readAgent reads .glmagent files, in the knowledge worker
 * @throws AppError agent-unknown, agent-damaged, agent-version, agent-too-large
 */
export async function readAgentFile(
  file: File,
  readAgent: (file: File) => Promise<FoundAgent>,
): Promise<FoundAgent & { portrait?: Blob }> {
  const { name, size } = file;
  const maxBytes = /\.glmagent$/i.test(name) ? MOST_BYTES : MOST_CARD_BYTES;
  if (size > maxBytes)
    throw new AppError('agent-too-large', `${name} has ${size} bytes.`, { name, bytes: size, maxBytes });
  const start = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  const isPicture = isPng(start);
  const isText = start[0] === 0x7b || start[0] === 0xef; // { or a byte order mark
  const agent =
    isPicture || isText
      ? { card: characterOf(new Uint8Array(await file.arrayBuffer()), name) }
      : await readAgent(file);
  const card = cleanCard(agent.card);
  const fault = cardFault(card);
  if (fault) throw damaged(name, `agent.json: ${fault.field}`, fault.why);
  return { ...agent, card, ...(isPicture && { portrait: new Blob([file], { type: 'image/png' }) }) };
}

function characterOf(bytes: Uint8Array, name: string): AgentCard {
  const json = isPng(bytes) ? charaOfPng(bytes, name) : new TextDecoder().decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(json ?? '');
  } catch {
    value = undefined;
  }
  if (!isCharacter(value))
    throw new AppError('agent-unknown', `${name} holds no agent and no character.`, { name });
  return agentOfCharacter(value, name);
}

/** Starters that differ in what people do not see are one. */
const oneOfEach = (times: StarterTime[]): StarterTime[] => [
  ...new Map(times.map((time) => [time.starter, time])).values(),
];

function cleanCard(card: AgentCard): AgentCard {
  const { name, description, instructions, opening, starters, schedule, model } = card;
  return {
    ...card,
    name: cleanText(name).trim(),
    description: cleanText(description),
    instructions: cleanText(instructions),
    starters: starters.map(cleanText),
    ...(schedule && {
      schedule: oneOfEach(schedule.map((time) => ({ ...time, starter: cleanText(time.starter) }))),
    }),
    ...(opening !== undefined && { opening: cleanText(opening) }),
    ...(model !== undefined && { model: cleanText(model) }),
  };
}
