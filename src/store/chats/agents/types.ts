// What the page sees of agents, and what it may ask of them.
import type { StoredAgent } from '../../../agents/agent';
import type { AgentCard, StarterTime } from '../../../knowledge/agentFile/card';
import type { NamedChunk } from '../../../knowledge/worker/calls';
import type { StoredKnowledge } from '../../../knowledge/stored';
import type { Passage } from '../../../knowledge/types';
import type { WireError } from '../../../shared/errors';
import type { UserFunction } from '../../../tools/functions/definition';
import type { ChatAgent } from '../types';

/** An agent of a file, before it is kept. */
export interface AgentReview {
  /** The file it came from. */
  source: string;
  card: AgentCard;
  functions: UserFunction[];
  /** Why the file's functions cannot be read; the rest of the agent can. */
  functionFault?: WireError;
  knowledge?: StoredKnowledge;
  /** Picture of a character card. */
  portrait?: Blob;
}

/** A file on its way into an agent's knowledge. */
export interface FileProgress {
  name: string;
  status: 'waiting' | 'reading' | 'indexing' | 'done' | 'failed';
  /** 0 to 1, of the status. */
  fraction: number;
  chunks?: number;
  error?: WireError;
}

/** Files on their way into an agent's knowledge. */
export interface Indexing {
  agentId: string;
  files: readonly FileProgress[];
  /** done: over, with what each file came to. */
  status: 'running' | 'done';
}

/** Passages on their way through the embedding model. */
export interface Embedding {
  agentId: string;
  done: number;
  total: number;
  /** At the speed so far; null at the beginning. */
  secondsLeft: number | null;
}

export interface AgentsState {
  /** The user's own, the latest change first; null until they have been read. */
  agents: StoredAgent[] | null;
  agentError: WireError | null;
  /** Agents of files that wait for a person, the first one first. */
  agentReviews: AgentReview[];
  /** Agents called for the next question, by chat. */
  called: Record<string, ChatAgent>;
  indexing: Indexing | null;
  embedding: Embedding | null;
  /** Why the embedding model failed the last time: the search goes on by words. */
  embedError: WireError | null;
  /** Which starters with a time were answered, as text (`answeredIn`); null or empty while no agent has a time. */
  offers: string | null;
}

/** localStorage key of `offers`. */
export const OFFERS_KEY = 'glm-offers';

/** One exchange beside the form of an agent. */
export interface TrialTurn {
  question: string;
  answer: string;
  passages: Passage[];
}

export interface AgentCommands {
  /** Reads the agents, the first time. */
  open(): Promise<void>;
  /** Keeps a new agent, or changes the one with this id. @returns its id @throws AppError agent-damaged */
  save(card: AgentCard, id?: string): Promise<string>;
  remove(id: string): Promise<void>;
  /** A starter that is due was taken or refused, for today. @returns false if it had been, as in another tab */
  answerStarter(id: string, time: StarterTime): Promise<boolean>;
  /** A new chat with an agent, of the user's or of the gallery. */
  chat(id: string): Promise<void>;
  /** In an empty chat: the chat is with the agent; else the agent answers the next question. null: takes that back. */
  call(id: string | null): Promise<void>;
  /** Saves a `.glmagent`, with its functions and knowledge, without keys and permissions. */
  export(id: string): Promise<void>;
  /** Reads files, for a person to look at: `agentReviews`, or `agentError`. */
  import(files: readonly File[]): Promise<void>;
  /** Keeps the first of the reviews, with the functions of these names. @returns its id */
  keepReview(functions: readonly string[], avatar?: string): Promise<string | undefined>;
  dropReview(): void;
  dismissError(): void;
  /** Adds files to what an agent knows; `indexing` tells how far they are. */
  addFiles(id: string, files: readonly File[]): Promise<void>;
  stopIndexing(): void;
  /** The stored embedding model reads what it has not read yet of every agent; `embedding` tells how far it is. */
  embed(): Promise<void>;
  /** What is read is kept. */
  stopEmbedding(): Promise<void>;
  removeFile(id: string, name: string): Promise<void>;
  /** Chunks of a file, in their order, from the one with this number on. */
  chunks(id: string, file: string, from: number): Promise<{ total: number; chunks: NamedChunk[] }>;
  /** The passages that a question finds, best first. */
  find(id: string, question: string): Promise<Passage[]>;
  /** An answer of an agent as it is being written, outside of any chat. null: something else needed the model. */
  tryOut(trial: Trial): Promise<TrialTurn | null>;
}

/** The names of AgentCommands, known before their code is loaded. */
export const AGENT_COMMANDS = [
  ...([
    'open',
    'save',
    'remove',
    'answerStarter',
    'chat',
    'call',
    'export',
    'import',
    'keepReview',
    'dropReview',
  ] as const),
  ...([
    'dismissError',
    'addFiles',
    'stopIndexing',
    'embed',
    'stopEmbedding',
    'removeFile',
    'chunks',
    'find',
    'tryOut',
  ] as const),
] satisfies (keyof AgentCommands)[];

export interface Trial {
  card: AgentCard;
  /** Id of the kept agent whose knowledge is asked. */
  id?: string;
  before: readonly TrialTurn[];
  question: string;
  signal: AbortSignal;
  onText: (text: string) => void;
}
