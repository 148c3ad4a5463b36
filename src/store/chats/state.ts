// The state of the house of chats as the page sees it, and its commands. What only the house itself may call is a method
// of its objects (book.ts, turns.ts …) and not here.
import type { Encoding } from '../../documents/readDocument';
import type { GenerateSummary, ToolSpec } from '../../protocol/chat';
import type { WireError } from '../../shared/errors';
import type { McpListing, McpRequest, McpResult } from '../../network/mcp/types';
import type { StoredFunction, UserFunction } from '../../tools/functions/definition';
import type { DrawSettings } from '../../tools/draw/settings';
import type { Secret } from '../../tools/http/secrets';
import type { ToolPermission } from '../../tools/permissions';
import type { ToolOutcome } from '../../tools/tool';
import type { SearchHit } from './chatSearch';
import type { AgentCommands, AgentsState } from './agents/types';
import type { Memory } from './memory/memory';
import type { SamplesDesk } from './samples/types';
import type { SavedPrompt } from './saved/promptDb';
import type { ImportResult } from './transfer/importFile';
import type {
  FunctionReview,
  McpDraft,
  McpServerInfo,
  AnswerSettings,
  Chat,
  ChatMeta,
  ChatServer,
  DraftAttachment,
  DraftMeasure,
  Inspection,
  PageTask,
  RunningTurn,
  ToolAsked,
  ToolChoice,
  ToolDecision,
  TurnOverflow,
} from './types';

export interface BookState {
  /** Pinned ones first, then the newest; a chat enters with its first message. */
  chatIndex: ChatMeta[];
  /** Chats opened since the page was. */
  chats: Record<string, Chat>;
  currentId: string;
  /** The list has been read, or could not be. */
  chatsReady: boolean;
  /** What was deleted last and can be brought back. */
  undoable: { kind: 'chat' | 'message'; title: string } | null;
}

/** Words on screen that the database does not have, or a database that cannot be read. */
export interface StorageTrouble {
  code: 'storage-quota' | 'storage-unavailable' | 'storage-blocked' | 'storage-outdated';
  /** Messages that wait to be stored. */
  unsaved: number;
}

export interface OutboxState {
  /** Ends by itself, except 'storage-outdated', which a reload ends. */
  storageTrouble: StorageTrouble | null;
}

export interface BackupState {
  /** ms since 1970; 0: never. */
  backedUpAt: number;
  /** Name of the folder that backups go into; null: into the browser's downloads. */
  folder: string | null;
  /** The browser lets the user choose a folder. */
  hasFolders: boolean;
  /** keep: ask that the browser keep the chats; backup: one is due. */
  reminder: 'keep' | 'backup' | null;
}

export interface DraftsState {
  /** Unsent texts by chat; they survive reloads. */
  drafts: Record<string, string>;
}

export interface AttachmentsState {
  /** Files that go with the next question, by chat. */
  attachments: Record<string, DraftAttachment[]>;
  /** null while unknown: no model, or an answer is being written. */
  draftMeasure: DraftMeasure | null;
}

export interface PromptsState {
  /** By title. */
  prompts: SavedPrompt[];
  promptError: WireError | null;
  /** The prompt whose variables are asked for. */
  promptAsked: string | null;
}

export interface FinderState {
  /** Share of the chats that has been read for searching; null before the first search. */
  searchReady: number | null;
  /** The message that a search led to, until the page has shown it. */
  jumpTo: string | null;
  /** That message, and the words that were sought, in lower case: folded parts that hold one open. A new object each time. */
  found: { messageId: string; words: string[] } | null;
}

export type ExportFormat = 'json' | 'markdown';

export interface TransferState {
  busy: 'import' | 'export' | 'wipe' | null;
  /** Result of the last import. */
  imported: ImportResult | null;
  error: WireError | null;
}

export interface TurnState {
  /** The answer being written, in whichever chat. */
  turn: RunningTurn | null;
  /** Why the last answer of a chat failed. */
  turnError: { chatId: string; error: WireError } | null;
  /** The question that no longer fits its chat, where the settings leave it to a person or say to stop. */
  turnOverflow: TurnOverflow | null;
  /** What the engine reported of its last answer. */
  lastRun: GenerateSummary | null;
}

export interface ToolState {
  /** Tools of this app, built-in ones first. */
  tools: ToolChoice[];
  /** The call that waits for a person. */
  toolAsked: ToolAsked | null;
}

export interface FunctionsState {
  /** The user's own, by name. */
  functions: StoredFunction[];
  /** Why the last file of functions could not be read. */
  functionError: WireError | null;
  /** Functions that were read and wait for a person to keep them. */
  functionReview: FunctionReview | null;
}

export interface DrawingState {
  drawing: DrawSettings;
}

export interface McpState {
  mcpServers: McpServerInfo[];
}

export interface SecretsState {
  /** Names of the secrets that have a value, and the one host that each is sent to. */
  secrets: { name: string; origin: string }[];
}

export interface InspectorState {
  /** The answer that the dialog is about. */
  about: { chatId: string; messageId: string } | null;
  inspection: Inspection | null;
}

/** The user's own tools, and what they need of the outside. */
export type KitState = FunctionsState & SecretsState & DrawingState & McpState;

/** Commands for the user's own tools. */
export interface ToolkitCommands {
  /**
   * Reads a JSON file of functions: `{name, description, parameters, js}` or `http` in place of `js`, or a list. They
   * stand in `kit.functionReview` until they are kept; `kit.functionError` says why not.
   */
  importFunctions(file: File): Promise<void>;
  reviewFunctions(review: FunctionReview | null): void;
  keepFunctions(functions: readonly UserFunction[], insteadOf?: string): Promise<void>;
  /** Saves functions as a file, without secrets; default: all. */
  exportFunctions(names?: readonly string[]): Promise<void>;
  /** Runs a function as it is being written. */
  tryFunction(made: UserFunction, args: string, signal: AbortSignal): Promise<ToolOutcome>;
  deleteFunction(name: string): Promise<void>;
  saveSecret(secret: Secret): Promise<void>;
  deleteSecret(name: string): Promise<void>;
  saveDrawing(settings: DrawSettings): Promise<void>;
  /** What an MCP server offers. @throws AppError */
  listMcp(draft: McpDraft, signal?: AbortSignal): Promise<McpListing>;
  /** Begins a sign-in: where the user does it, and its end. @throws AppError sign-in */
  signInMcp(draft: McpDraft, signal: AbortSignal): Promise<{ url: string; done: Promise<void> }>;
  /** Keeps a server with the approved tools, by the server's names. */
  saveMcp(draft: McpDraft, name: string, listing: McpListing, chosen: readonly string[]): Promise<void>;
  deleteMcp(id: string): Promise<void>;
  /** A resource or a prompt of a server. @throws AppError */
  readMcp(id: string, request: Extract<McpRequest, { do: 'read' | 'prompt' }>): Promise<McpResult>;
  /** Tokens that the tool takes of every prompt; undefined while no model is there to count. */
  costOfTool(spec: ToolSpec): Promise<number | undefined>;
  dismissFunctionError(): void;
}

/** Notes across chats; their code loads with `open`. */
export interface MemoryCommands {
  /** New chats begin with the notes, and models may propose some. */
  isOn(): boolean;
  setOn(on: boolean): void;
  /** @throws where the code cannot be fetched */
  open(): Promise<Memory>;
}

export interface ChatsCommands {
  readonly toolkit: ToolkitCommands;
  readonly agentDesk: AgentCommands;

  openChats(): Promise<void>;
  newChat(): void;
  /** False when there is no such chat. */
  openChat(id: string): Promise<boolean>;
  deleteChat(id: string): Promise<void>;
  /** Takes a message of the current chat away, with everything that follows it. */
  deleteMessage(id: string): void;
  undoDelete(): void;
  forgetUndo(): void;
  renameChat(id: string, title: string): Promise<void>;
  pinChat(id: string, pinned: boolean): Promise<void>;
  setSystemPrompt(text: string): void;
  /** undefined: the chat follows the defaults. */
  setChatSettings(settings: AnswerSettings | undefined): void;
  /** undefined: this computer answers. */
  setChatServer(server: ChatServer | undefined): void;
  /** Shows the branch of the current chat that this message is in. */
  showBranch(id: string): void;
  /** Deletes every chat and every draft. */
  clearChats(): Promise<void>;

  openDrafts(): Promise<void>;
  /** The draft of the current chat. */
  setDraft(text: string): void;
  /** Adds text from elsewhere below what was begun in the current chat. */
  addToDraft(text: string): Promise<void>;
  /** Writes at once what has not been written yet. */
  saveDrafts(): void;

  /** Brings back the files of unsent messages from before a reload. */
  openAttachments(): Promise<void>;
  /** Adds files to the current chat's question; each is read, and says itself when it cannot be. */
  attachFiles(files: readonly File[], options?: { pasted?: boolean }): void;
  removeAttachment(id: string): void;
  /** Moves a pasted text back into the message, below what is written there. */
  attachmentIntoDraft(id: string): Promise<void>;
  clearAttachments(): void;
  /** Has the model read the pages of an attached PDF as pictures; goes on where it was stopped. */
  readPages(id: string, task: PageTask): Promise<void>;
  stopPages(id: string): void;
  /** Words about an attached picture. */
  describePicture(id: string, alt: string): void;
  /** Keeps the beginning of a document, as much as fits. */
  cutAttachment(id: string): Promise<void>;
  /** Reads an attached text file again, in this encoding. */
  readAttachmentAs(id: string, encoding: Encoding): Promise<void>;
  /** Counts the draft's tokens anew. */
  measureDraft(): Promise<void>;

  openPrompts(): Promise<void>;
  /** Opens the library at this prompt's variables; null: at the list. */
  askForPrompt(id: string | null): void;
  /** Saves a new prompt, or changes the one with this id. */
  savePrompt(prompt: { id?: string; title: string; text: string }): Promise<void>;
  deletePrompt(id: string): Promise<void>;
  /** Adds the prompts of an exported file; those with a title and text we have are left out. */
  importPrompts(file: File): Promise<void>;
  exportPrompts(): void;

  /** Reads every chat in the background, the first time. */
  prepareSearch(): Promise<void>;
  searchChats(query: string): SearchHit[];
  /** Opens a chat at one of its messages, in the branch that holds it. @param query what was sought */
  openMessage(chatId: string, messageId: string | null, query?: string): Promise<void>;
  jumped(): void;
  /** The user does something: the model waits with its titles. */
  noteActivity(): void;

  /** @param you how the reader is called in Markdown */
  exportChat(id: string, format: ExportFormat, you?: string): Promise<void>;
  /** Markdown of all chats comes as a zip, one file each. */
  exportAll(format: ExportFormat, you?: string): Promise<void>;
  /** What of the file can be read. */
  importChats(file: File): Promise<void>;
  /** Imports those of some files that hold chats. @returns the others */
  takeChatFiles(files: File[]): Promise<File[]>;
  dismissTransfer(): void;
  openBackups(): Promise<void>;
  /** Writes all chats into the chosen folder, or into the browser's downloads. Call it from a click. */
  backUp(): Promise<void>;
  /** Lets the user choose the folder of backups, and writes the first. */
  chooseBackupFolder(): Promise<void>;
  /** Asks the browser to keep the chats. */
  keepChats(): Promise<void>;
  putOffBackup(): void;
  /** Deletes everything of the user's; the stored models too if wanted. */
  wipe(withModels: boolean): Promise<void>;

  /** With the attachments. False when it cannot be sent now: an answer is running, a file is being read, or there is neither text nor a readable file. */
  send(text: string): boolean;
  /** Another answer beside this one, or beside the last of the chat; a question without an answer gets its first. */
  regenerate(answerId?: string): void;
  /** The question in other words, as a branch beside it, and an answer to it. False when it cannot be sent now. */
  editQuestion(id: string, text: string): boolean;
  /** The model goes on from where the last answer was cut. */
  continueAnswer(): void;
  /** Stores the answer so far, should the page go away. */
  saveTurn(): Promise<void>;
  /** Takes effect at once: the text so far is kept, whatever the engine still sends is ignored. */
  stop(): void;
  dismissTurnError(): void;
  /** Answers the question of `turnOverflow`, this once without the oldest turns. */
  answerWithoutOldest(): void;
  dismissOverflow(): void;

  /** Answers `toolAsked`. */
  answerTool(decision: ToolDecision): void;
  /** Runs a call of the current chat with other arguments, in a branch beside its answer, and goes on from there. */
  runCallAgain(messageId: string, callId: string, args: string): void;
  /** What a tool may do without being asked, in all chats. */
  setToolPermission(tool: string, permission: ToolPermission): void;

  /** Notes that are remembered across chats. */
  readonly memory: MemoryCommands;
  /** Several answers to one question; their code loads with the first call. @throws where it cannot be fetched */
  samples(): Promise<SamplesDesk>;
  /** Opens the dialog about an answer of the current chat. */
  openAbout(messageId: string): void;
  /** Has the answer of `about` written again from its seed, beside the chat. */
  inspect(): Promise<void>;
  stopInspection(): void;
}

export type ChatsState = BookState &
  OutboxState &
  DraftsState &
  AttachmentsState &
  PromptsState &
  FinderState &
  TurnState &
  ToolState &
  InspectorState & {
    transfer: TransferState;
    backup: BackupState;
    kit: KitState;
    agents: AgentsState;
  } & ChatsCommands;
