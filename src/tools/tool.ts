// What a tool is: a description for the model, and a function that runs a call.
import type { AnswerFormat, Observation, ResultPart, ToolSpec, Turn } from '../protocol/chat';

/**
 * What a call may reach. caged: nothing outside the tab; follows: an address that an earlier, allowed call returned; sends:
 * the network, with data that the model chose; elsewhere: an address that the model wrote.
 */
export type ToolReach = 'caged' | 'follows' | 'sends' | 'elsewhere';

/** What one call would reach, where calls of a tool differ. */
export interface CallReach {
  reach: ToolReach;
  /** Hosts that would hear of it. */
  hosts: string[];
}

export interface ToolFile {
  name: string;
  blob: Blob;
}

/** What a tool would fetch from another host. */
export interface ToolDownload {
  /** Names for people: 'numpy, pandas'. */
  parts: string;
  bytes: number;
  host: string;
}

/** A text that a tool asks the model for. */
export interface WriteRequest {
  system: string;
  prompt: string;
  maxTokens: number;
  /** Servers are not held to it. */
  format?: AnswerFormat;
}

export interface ToolContext {
  /** Tools with a state, such as variables, keep one per chat. */
  chatId: string;
  /** Files of the chat, for `/mnt/data`: attachments and files that tools made; the newest of each name. */
  files: readonly ToolFile[];
  /** The chat so far, the answer included: tools find what earlier calls returned. */
  chat: readonly Turn[];
  /** Observations longer than this are cut, and the whole is kept as a file. */
  maxObservationTokens: number;
  /** The model that made the call writes a text, beside the chat. Missing: there is none. */
  write?: (request: WriteRequest) => Promise<string>;
  /** Asks the user before a download from another host. Missing: the host has no way to ask, so nothing is downloaded. */
  allowDownload?: (download: ToolDownload) => Promise<boolean>;
  /** The tool ends within 150 ms of the abort. */
  signal: AbortSignal;
  /** What people see so far: output as it comes. Replaces what was shown before. */
  onProgress: (parts: ResultPart['parts']) => void;
}

export interface ToolOutcome {
  /** What people see. */
  parts: ResultPart['parts'];
  /** What the model reads; an empty one is sent as `(no output)`. */
  observation: string;
  /** The same in several texts: see ResultPart. Dropped where `observation` has to be cut. */
  observations?: Observation[];
  failed?: boolean;
}

export interface Tool {
  spec: ToolSpec;
  reach: ToolReach;
  /**
   * Runs one call. A failure of the call itself (a Python error, a bad argument) is an outcome with `failed`, which the
   * model reads; AppErrors are for what a person must act on, such as a part that cannot be downloaded.
   * @param args as the model wrote them: source code, or JSON that matches the schema
   */
  run(args: string, context: ToolContext): Promise<ToolOutcome>;
  /** Ends what the tool keeps for a chat; without an id, everything. */
  forget?(chatId?: string): void;
}
