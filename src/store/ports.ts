// What the houses of the store (chats, models, page) need from each other. A house imports no other house and calls none
// through the state: the composition root (appStore.ts) implements these interfaces and hands them in.
import type { GenerateSummary } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import type { ServerChoice } from '../servers/serverClient';
import type { ToolPermission } from '../tools/permissions';
import type { WireError } from '../shared/errors';
import type { AnswerSettings, ChatServer, FullSampling } from './answerSettings';
import type { Preferences } from './page/types';

type Listener = () => void;
/** Ends a subscription. */
type Unsubscribe = () => void;

/** localStorage, as far as the store needs it. */
export type SmallStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** The model on this computer, for chats. */
export interface ModelPort {
  /** coming: a model is loading or being imported, so questions may wait for it. */
  availability(): 'ready' | 'coming' | 'none';
  /** The model in use; null unless `availability` is 'ready'. */
  info(): ModelInfo | null;
  /** The model in use is the built-in one, which writes no titles. */
  isBuiltIn(): boolean;
  /** Resolves to true once a model is ready; to false when none is coming or the signal fires. */
  untilReady(signal: AbortSignal): Promise<boolean>;
  /** Calls the listener whenever one of the answers above may have changed. */
  subscribe(listener: Listener): Unsubscribe;
  /** The engine reported that it holds no model (AppError 'no-model'). */
  reportMissing(): void;
  /** An answer of the model in use ended: its speed is recorded. */
  reportAnswer(summary: GenerateSummary): void;
  /** Id of the stored embedding model; null without one. */
  embedder(): string | null;
  /** Facts that explain a slow answer (chats/slowness.ts). */
  conditions(): AnswerConditions;
}

export interface AnswerConditions {
  /** The adapter is a software renderer. */
  software: boolean;
  /** A model is being imported at the same time. */
  importing: boolean;
  /** GPU memory of the model in use; 0 while unknown. */
  gpuBytes: number;
  /** GPU memory that could be allocated when this computer was measured; null before. */
  allocatableBytes: number | null;
  /** Predicted for the model in use on this computer; null while unknown. */
  predictedTokensPerSecond: () => Promise<number | null>;
}

/** How answers are made, for chats. `own` are the settings of a chat; without them the defaults hold. */
export interface AnsweringPort {
  settings(own: AnswerSettings | undefined): AnswerSettings;
  /** What the model recommends, overridden by what a person chose. */
  sampling(own: AnswerSettings | undefined): FullSampling;
  /** System prompt of new chats. */
  systemPrompt(): string;
  /** What a person has allowed the tools in all chats. */
  toolPermissions(): Readonly<Record<string, ToolPermission>>;
  setToolPermission(tool: string, permission: ToolPermission): void;
}

/** Servers that answer in place of this computer, for chats. */
export interface ServersPort {
  /**
   * How to reach the server of a chat. @param own the chat's settings: only chosen sampling values are sent.
   * @throws AppError 'server-gone' when it was removed
   */
  choice(server: ChatServer, own: AnswerSettings | undefined): Promise<ServerChoice>;
  /** The server can go on from the middle of an answer; true for one that was removed. */
  continues(server: ChatServer): boolean;
}

/** What the browser stores for this page, for chats. */
export interface StoragePort {
  /** The browser keeps it until the user deletes it. */
  persisted(): Promise<boolean>;
  /** Asks the browser for that; some ask the user. */
  persist(): Promise<void>;
}

/** The page around the chats. */
export interface PagePort {
  /** Shows a failure that belongs to no chat and no model. */
  notify(error: WireError): void;
  /** Closes the chat list where it is a drawer. */
  closeChatList(): void;
  /** Opens the prompt library. */
  openPrompts(): void;
  /** Opens the dialog about an answer. */
  openAbout(): void;
}

/** What the house of chats is given. */
export interface ChatsPorts {
  model: ModelPort;
  answering: AnsweringPort;
  servers: ServersPort;
  page: PagePort;
  storage: StoragePort;
  /** Deletes what other houses store: access tokens, servers and settings; with `models` the stored models too. */
  wipeRest(models: boolean): Promise<void>;
}

/** Answers, for models. */
export interface AnswersPort {
  /** An answer is being written or waits for a model, here or on a server. */
  isAnswering(): boolean;
  /** Ends the answer that the engine is writing; a question that waits for a model may wait for the next one. */
  stopEngineAnswer(): void;
  /** A person is in a conversation: the engine is writing, or the current chat has messages later than `since` (ms). */
  isMidChat(since: number): boolean;
  /** @returns a function that gives another model to the chat that is on screen now, if it names one */
  adopter(): (info: ModelInfo) => void;
}

/** The preferences that concern models. */
export type ModelPreferences = Pick<
  Preferences,
  'acceptedLicences' | 'contextTokens' | 'lastModelId' | 'leftDownloadsAt' | 'runningDownload'
>;

/** What the house of models is given. */
export interface ModelsPorts {
  answers: AnswersPort;
  preferences: {
    read(): ModelPreferences;
    change(next: Partial<ModelPreferences>): void;
  };
  notify(error: WireError): void;
  /** A model was put on the GPU and answers from now on. */
  onLoaded(): void;
}

/** What the house of the page is given. */
export interface PagePorts {
  /** Work that a reload would interrupt: an answer or a load. */
  work: {
    isBusy(): boolean;
    subscribe(listener: Listener): Unsubscribe;
  };
}
