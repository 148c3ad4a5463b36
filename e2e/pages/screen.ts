import type { ChatPage } from './chatPage';

/** One screen of the app, and the steps to it from the previous screen. */
export interface Screen {
  name: string;
  show(chat: ChatPage, texts: ScreenTexts): Promise<void>;
}

/** Texts of the chats in the pictures. */
export interface ScreenTexts {
  question: string;
  /** Sent first, to fill the chat list. */
  earlier: string[];
  answer: string;
  /** Questions that tools help to answer, and answers of the fake engine; the last one waits for permission. */
  calls: [question: string, answer: string][];
  /** A draft. */
  next: string;
  search: string;
}
