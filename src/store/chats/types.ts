// What the house of chats holds: plain, serialisable data.
import type {
  ContextOverflow,
  ContextPolicy,
  FileText,
  GenerateSummary,
  Part,
  TokenLogprob,
} from '../../protocol/chat';
import type { AskedCall, TurnLimit } from '../../agent/turn';
import type { UserFunction } from '../../tools/functions/definition';
import type { McpAuth } from '../../network/mcp/types';
import type { PinnedTool } from '../../tools/mcp/pinned';
import type { ToolPermission } from '../../tools/permissions';
import type { ToolReach } from '../../tools/tool';
import type { WireError } from '../../shared/errors';
import type {
  AnswerSettings,
  ChatServer,
  KnownModel,
  SamplingOverrides,
  ThinkingEffort,
} from '../answerSettings';

export type {
  AnswerFormat,
  AudioPart,
  CallPart,
  CitationPart,
  FilePart,
  FileText,
  FormatFault,
  GenerateSummary,
  ImagePart,
  Part,
  ResultPart,
  TablePart,
  TokenLogprob,
} from '../../protocol/chat';
export type { AnswerSettings, ChatServer, KnownModel, SamplingOverrides } from '../answerSettings';

/**
 * Why an answer ended: the engine's reasons, a closed page, a failure, the limit of steps with tools (hops), or a call
 * that was made again without anything new (repeated).
 */
export type AnswerEnd = GenerateSummary['reason'] | TurnLimit | 'interrupted' | 'error';

/** A tool of this app. */
export interface ToolChoice {
  /** As the model calls it. */
  name: string;
  kind: 'built-in' | 'function';
  /** What it does, as the model is told. */
  description: string;
  /** sends: its calls may take data to the network. */
  reach: ToolReach;
  /** Off until a person switches it on. */
  byChoice?: true;
  /** A person is asked for every call. */
  each?: true;
  available: boolean;
  /** Why it is not. */
  why?: string;
  /** In all chats: until a person chooses another, the tool's own. */
  permission: ToolPermission;
}

/** Functions that someone else may have written, before they are kept. */
export interface FunctionReview {
  /** The file or document they came from. */
  source: string;
  functions: UserFunction[];
}

/** An MCP server as it is kept. */
export interface StoredMcp {
  id: string;
  name: string;
  /** Stands before the names of its tools. */
  prefix: string;
  url: string;
  /** '' for none. */
  key: string;
  auth?: McpAuth;
  /** As a person approved them. */
  tools: PinnedTool[];
}

/** An MCP server as the page knows it. */
export interface McpServerInfo extends Omit<StoredMcp, 'key' | 'auth'> {
  hasKey: boolean;
  signedIn: boolean;
  /** It describes an approved tool otherwise now. */
  changed: boolean;
}

/** An MCP server in its form. */
export interface McpDraft {
  id: string;
  url: string;
  /** '': the kept one. */
  key: string;
}

/** A call that waits for a person. */
export interface ToolAsked extends AskedCall {
  chatId: string;
  messageId: string;
}

/** once: this call; chat: the tool, in this chat; always: the tool, in all chats. */
export type ToolDecision = 'once' | 'chat' | 'always' | 'refuse';

/** What is known of a picture before it is sent. */
export interface DraftPicture {
  /** Pixels. */
  width: number;
  height: number;
  /** In words: for screen readers, search and models that cannot see it. */
  alt: string;
  /** Missing where no model that sees was there to count. */
  tokens?: number;
}

/** What a page is read for: GLM-OCR's three tasks. */
export type PageTask = 'text' | 'table' | 'formula';

/** Pages of a document that a model reads as pictures. */
export interface PageReading {
  task: PageTask;
  /** What the pages so far say, in order. */
  done: string[];
  total: number;
  running: boolean;
}

/** A file on its way into a question. */
export interface DraftAttachment {
  id: string;
  name: string;
  sizeBytes: number;
  status: 'reading' | 'ready' | 'failed';
  /** 0 to 1 while a long one is read. */
  fraction: number;
  error?: WireError;
  document?: FileText;
  /** What a picture has beside its file. */
  picture?: DraftPicture;
  /** Its pages are read as pictures, or were. */
  reading?: PageReading;
  file: File;
  /** A long text that was pasted into the message. */
  pasted?: boolean;
}

/** What the draft, its files and its chat take of the context. */
export interface DraftMeasure {
  tokens: number;
  contextTokens: number;
  /**
   * Tokens to lose before the draft fits, with room for an answer and without the turns that may be left out; 0 or less
   * when it does.
   */
  excess: number;
}

interface MessageBase {
  /** Unique in its chat. */
  id: string;
  /** The message it follows; null at the start of the chat. Several with one parent are branches. */
  parentId: string | null;
  parts: Part[];
  createdAt: number;
}

/** An agent, as chats and questions remember it. */
export interface ChatAgent {
  id: string;
  name: string;
  /** An emoji. */
  avatar?: string;
}

/** A question: passages of what an agent knows, its files, then its text. */
export interface UserMessage extends MessageBase {
  role: 'user';
  /** The agent that was called for this question alone. */
  agent?: ChatAgent;
  /** The knowledge of an agent was searched for it. */
  sought?: {
    agent: string;
    found: number;
    /** The embedding model failed: words alone were searched. */
    wordsOnly?: boolean;
    /** What the agent knows stood whole in the system turn: so many files. */
    whole?: number;
  };
}

export interface AssistantMessage extends MessageBase {
  role: 'assistant';
  end: AnswerEnd;
  /** Missing when the answer was cut before the engine could report. */
  summary?: GenerateSummary;
  seed: number;
  modelName: string;
  /** Host of the server that wrote it, or a part of it; missing when all of it was written here. */
  server?: string;
  /** Missing in answers of earlier versions, and of other apps. */
  made?: AnswerRecord;
  /** Given by a model when answers were compared. */
  grade?: Grade;
}

/** What a model thinks of an answer. */
export interface Grade {
  /** 1 to 10. */
  grade: number;
  /** '' for none. */
  reason: string;
}

/** Why an answer was slower than it could be: src/store/chats/answers/slowness.ts. */
export type SlowReason =
  'software' | 'memory' | 'hidden' | 'battery' | 'other-tab' | 'importing' | 'long-chat' | 'long-prompt';

/** What an answer was made with: enough to make it again. */
export interface AnswerRecord {
  model: KnownModel;
  /** 'Q4_0'; '' where the engine did not say. */
  quantisation: string;
  /** The settings that counted, except the seed, which is the message's: with a server, what the user chose. */
  sampling: SamplingOverrides;
  maxTokens: number | null;
  contextPolicy: ContextPolicy;
  /** '' where there was none. */
  systemPrompt: string;
  /** Most tokens of a picture, where the reader chose. */
  pictureTokens?: number;
  /** Names of the tools that the model was told of. */
  tools?: string[];
  /** How much it was to think. */
  thinking?: ThinkingEffort;
  /** From sending to the first word. */
  firstTokenMs?: number;
  /** Only where it was slow. */
  slow?: SlowReason[];
}

export type Message = UserMessage | AssistantMessage;

/** Everything of a chat but its messages. */
export interface ChatRow {
  id: string;
  title: string;
  /** start: the first words of the first question, until the model or the user gives a title. */
  titleBy: 'start' | 'model' | 'user';
  createdAt: number;
  updatedAt: number;
  pinned: boolean;
  systemPrompt: string;
  /** Values of its own; without them it follows the defaults. */
  settings?: AnswerSettings;
  /** What answers it in place of this computer. */
  server?: ChatServer;
  /** What answered last, or was chosen to. */
  model?: KnownModel;
  /** Which branch is shown: the child chosen for a message's id, '' for the start. Without a choice the newest. */
  chosen: Record<string, string>;
  /** Tools that a person has allowed in this chat. */
  allowedTools?: string[];
  /** The agent that the chat is with. Its instructions are the system prompt. */
  agent?: ChatAgent;
  /** Ids of the notes that it began with: src/store/chats/memory. */
  notes?: string[];
}

export interface Chat extends ChatRow {
  /** All branches; src/store/chats/tree.ts finds the one that is shown. */
  messages: Message[];
}

/** The chat list's row. */
export type ChatMeta = Pick<ChatRow, 'id' | 'title' | 'updatedAt' | 'pinned'>;

/** The answer being written. Its AssistantMessage is in the chat from the start; these are the parts on top of it. */
export interface RunningTurn {
  chatId: string;
  messageId: string;
  /** waiting: for the model to load; prefill: the model reads the prompt; decode: text arrives. */
  phase: 'waiting' | 'prefill' | 'decode';
  /** Answers of other tabs that are written first. */
  queuedBehind?: number;
  /** The whole answer so far, including what stood there before when an answer is continued. */
  parts: Part[];
  prefillDone: number;
  prefillTotal: number;
  /** The model looks at a picture: so much of it is done. */
  seeing?: number;
  tokens: number;
  contextUsed: number;
  /** 0 while unknown. */
  tokensPerSecond: number;
  seed: number;
}

/** A question that got no answer because its chat no longer fits; the user decides how to go on. */
export interface TurnOverflow extends ContextOverflow {
  chatId: string;
  /** The message that wants an answer. */
  parentId: string;
  /** The answer, as far as it came: only when tools had run before. */
  messageId: string;
  policy: ContextPolicy;
}

/** A token of an answer written again, and the alternatives the model considered. */
export interface InspectedToken extends TokenLogprob {
  /** The likeliest first; the token itself may be among them. */
  top: TokenLogprob[];
  /** Where its text begins in the written text of the answer (partText.ts). */
  start: number;
}

/** An answer written again from its seed, to see its tokens. */
export interface Inspection {
  messageId: string;
  /** stopped: by the user, or because something else needed the model; untold: the server gives no probabilities. */
  status: 'running' | 'done' | 'stopped' | 'failed' | 'untold';
  /** Tokens of the answer, for the progress. */
  total: number;
  tokens: InspectedToken[];
  /** The token from which on it is another text than the answer; -1: none. */
  partsAt: number;
  error: WireError | null;
}
