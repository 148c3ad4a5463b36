// What the house of the page holds: plain, serialisable data.
import type { HubKind, LicenceId } from '../../catalogue';
import type { AnswerSettings } from '../answerSettings';

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
}
