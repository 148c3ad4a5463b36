// What the house of the page holds: plain, serialisable data.
import type { HubKind, LicenceId } from '../../catalogue';
import type { ServerListing } from '../../servers/models';
import type { WireError } from '../../shared/errors';
import type { BrowserSettings } from '../../tools/browser/settings';
import type { ToolPermission } from '../../tools/permissions';
import type { AnswerSettings } from '../answerSettings';
import type { StoredServer } from './serverDb';

export type LanguageChoice = 'auto' | 'en' | 'zh-CN';
export type ThemeChoice = 'system' | 'light' | 'dark';

export type FontSize = 'small' | 'normal' | 'large';

export interface Preferences extends AnswerSettings {
  language: LanguageChoice;
  theme: ThemeChoice;
  fontSize: FontSize;
  /** System prompt of new chats. */
  systemPrompt: string;
  /** Capacity of the KV cache; null: what the engine chooses. */
  contextTokens: number | null;
  /** Loaded at the next start. */
  lastModelId: string | null;
  /** Where models come from; null: by the reader's language. */
  hub: HubKind | null;
  /** Base address of a mirror of Hugging Face. */
  mirrorUrl: string;
  acceptedLicences: LicenceId[];
  /** Origin of the download that runs, or ran when the page was closed. */
  runningDownload: string | null;
  /** When a person last paused or dismissed a download (ms since 1970): what lay there by then is not offered again. */
  leftDownloadsAt: number;
  /** Tools that a person has allowed, or not, in all chats. Missing: the tool's own permission. */
  toolPermissions?: Record<string, ToolPermission>;
  /** Where the browser searches. */
  browser: BrowserSettings;
}

/** A server as the page knows it: the key stays in the database. */
export type Server = Omit<StoredServer, 'key'> & { hasKey: boolean };

/** A server as it stands in the form. */
export interface ServerDraft {
  /** The id of the server that is being changed. */
  id?: string;
  name: string;
  address: string;
  /** '' keeps the stored key, as long as the address stays. */
  key: string;
  /** Its models take pictures. */
  pictures?: boolean;
}

/** The test of a connection. */
export type ServerCheck =
  | { status: 'checking' }
  | { status: 'failed'; error: WireError }
  | { status: 'answered'; listing: ServerListing };

export interface ServersState {
  /** By name. */
  list: Server[];
  check: ServerCheck | null;
  /** Servers cannot be stored. */
  error: WireError | null;
}

export interface InstalledApp {
  /** ready: a new version waits; agreed: it comes as soon as nothing would be interrupted; later: not now. */
  update: 'none' | 'ready' | 'agreed' | 'later';
  /** A part of the page could not be fetched. reload: a reload would get it; offline: the host does not answer. */
  missingPart: 'none' | 'reload' | 'offline';
  /** The browser would install the app now. */
  installable: boolean;
}

export type DialogName = 'models' | 'settings' | 'palette' | 'prompts' | 'help' | 'about' | 'compare';

/** Pages of the model dialog: the catalogue, the user's own files and addresses, and what is on this device. */
export type ModelsTab = 'catalogue' | 'own' | 'here';

export interface ViewState {
  dialog: DialogName | null;
  modelsTab: ModelsTab;
  /** The chat list, where it is a drawer (narrow screens). */
  chatListOpen: boolean;
  /** A failure that belongs to no chat and no model. */
  notice: WireError | null;
}
