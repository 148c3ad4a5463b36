// Turns and answers for tests of the engine.
import type { GenerateEvent, Part, Turn } from '../protocol/chat';

export const turnOf = (role: Turn['role'], text: string): Turn => ({ role, parts: [{ type: 'text', text }] });
export const user = (text: string): Turn => turnOf('user', text);
export const assistant = (parts: Part[]): Turn => ({ role: 'assistant', parts });

/** The text an event adds to an answer; '' for events without text. */
export const addedText = (event: GenerateEvent): string => (event.kind === 'part-delta' ? event.text : '');
