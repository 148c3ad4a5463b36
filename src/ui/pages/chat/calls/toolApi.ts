// What the cards ask of the store. Missing while nothing runs calls: then nothing asks, and nothing runs again.
import type { AppState, CallPart } from '../../../../store';

export interface ToolAsked {
  chatId: string;
  messageId: string;
  call: CallPart;
  reach: 'caged' | 'sends';
  tainted: boolean;
}

interface ToolApi {
  toolAsked: ToolAsked | null;
  answerTool(decision: 'once' | 'chat' | 'always' | 'refuse'): void;
  runCallAgain(messageId: string, callId: string, args: string): void;
}

export const toolApi = (state: AppState): Partial<ToolApi> => state as AppState & Partial<ToolApi>;
