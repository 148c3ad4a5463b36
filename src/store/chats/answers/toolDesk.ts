// The tools of a chat: which the model is told of, and who allows a call.
import type { TurnTools } from '../../../agent/turn';
import { decide, type ToolPermission } from '../../../tools/permissions';
import type { ToolRegistry } from '../../../tools/registry';
import { Observable } from '../../observable';
import type { ChatsPorts } from '../../ports';
import type { ChatBook } from '../book';
import type { ToolState } from '../state';
import type { ChatRow, ToolChoice, ToolDecision } from '../types';

export interface ToolDeskOptions {
  registry: ToolRegistry;
  book: ChatBook;
  ports: Pick<ChatsPorts, 'answering'>;
}

/** An answer that may call tools. */
export interface ToolTurn {
  chatId: string;
  messageId: string;
  /** 0 where they are unknown. */
  contextTokens: () => number;
}

export class ToolDesk extends Observable<ToolState> {
  private answerAsked: ((allowed: boolean) => void) | null = null;

  constructor(private readonly options: ToolDeskOptions) {
    super({ tools: [], toolAsked: null });
    this.refresh();
    options.book.onEvent((event) => {
      if (event.kind === 'gone') options.registry.forget(event.chatId);
      if (event.kind === 'cleared') options.registry.forget();
    });
  }

  /** The tools or their permissions changed. */
  refresh(): void {
    const { registry, ports } = this.options;
    const chosen = ports.answering.toolPermissions();
    const tools = registry.list.map((entry): ToolChoice => {
      const { spec, kind, reach, usual, key = spec.name } = entry;
      const why = entry.missing?.();
      return {
        ...{ name: spec.name, kind, description: spec.description, reach },
        available: why === undefined,
        ...(why !== undefined && { why }),
        permission: Object.hasOwn(chosen, key) ? chosen[key] : usual,
      };
    });
    this.patch({ tools });
  }

  /** What the model is told of in an answer of this chat; undefined for nothing. */
  forTurn(
    chat: Pick<ChatRow, 'settings'>,
    { chatId, messageId, contextTokens }: ToolTurn,
  ): TurnTools | undefined {
    const { registry, book, ports } = this.options;
    const { tools: chosen, format } = ports.answering.settings(chat.settings);
    const tools = registry.tools(chosen ?? registry.list.map(({ spec }) => spec.name));
    if (tools.length === 0 || format) return undefined;
    return {
      tools,
      chatId,
      contextTokens,
      decide: (request) =>
        decide(request, {
          everywhere: ports.answering.toolPermissions(),
          inChat: book.chat(chatId)?.allowedTools ?? [],
        }),
      ask: ({ call, reach, tainted }, signal) =>
        new Promise<boolean>((resolve) => {
          const settle = (allowed: boolean) => {
            signal.removeEventListener('abort', refuse);
            this.answerAsked = null;
            this.patch({ toolAsked: null });
            resolve(allowed);
          };
          const refuse = () => settle(false);
          if (signal.aborted) return resolve(false);
          signal.addEventListener('abort', refuse);
          this.answerAsked = settle;
          this.patch({ toolAsked: { chatId, messageId, call, reach, tainted } });
        }),
    };
  }

  /** What a person said to the call that waits. */
  answer(decision: ToolDecision): void {
    const { toolAsked } = this.state;
    if (!toolAsked) return;
    const { chatId, call } = toolAsked;
    const { book, registry } = this.options;
    if (decision === 'chat') book.allowTool(chatId, registry.keyOf(call.tool), true);
    if (decision === 'always') this.setPermission(call.tool, 'always');
    this.answerAsked?.(decision !== 'refuse');
  }

  /** In all chats; `ask` also ends what was allowed in the current one. */
  setPermission(tool: string, permission: ToolPermission): void {
    const { book, registry, ports } = this.options;
    const key = registry.keyOf(tool);
    if (permission === 'ask' && book.current.allowedTools) book.allowTool(book.current.id, key, false);
    ports.answering.setToolPermission(key, permission);
    this.refresh();
  }
}
