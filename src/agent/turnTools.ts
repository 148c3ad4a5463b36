// What a turn knows of tools: which there are, and who allows their calls.
import type { CallPart } from '../protocol/chat';
import type { PermissionRequest } from '../tools/permissions';
import type { ReadyTool } from '../tools/registry';
import type { ToolDownload, ToolReach } from '../tools/tool';

/** A call that needs a permission. */
export interface AskedCall {
  call: CallPart;
  reach: ToolReach;
  /** Text from outside is in the context. */
  tainted: boolean;
  /** Hosts that would hear of it, where they are known. */
  hosts?: string[];
  /** Calls of this tool ask every time. */
  each?: true;
  /** The call itself is allowed: it needs a download. */
  download?: ToolDownload;
}

/** The tools of a turn, and who allows their calls. */
export interface TurnTools {
  tools: readonly ReadyTool[];
  /** Tools with a state keep one per chat. */
  chatId: string;
  /** Tokens of the context; 0 where they are unknown. */
  contextTokens(): number;
  decide(request: PermissionRequest): 'run' | 'ask';
  /** Search before the answer, with queries of the model or with the question: searchFirst.ts. */
  searchFirst?: 'model' | 'question';
  /** Waits for a person. @returns whether the call may run; what it says after the signal has fired does not count */
  ask(call: AskedCall, signal: AbortSignal): Promise<boolean>;
}
