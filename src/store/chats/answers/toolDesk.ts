// The tools of a chat: which the model is told of, and who allows a call.
import { callsTools, type Answerer } from '../../../agent/answerer';
import { queriesBy, readableContext, toolsFor } from '../../../agent/smallModel';
import type { TurnTools } from '../../../agent/turn';
import type { EngineClient } from '../../../client/engineClient';
import type { ToolSpec, Turn } from '../../../protocol/chat';
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
  ports: Pick<ChatsPorts, 'answering' | 'model'>;
}

/** An answer that may call tools. */
export interface ToolTurn {
  messageId: string;
  /** What is asked: a small model is told of the functions nearest to it. */
  question: string;
  /** In place of the tools that are on: those of an earlier answer. */
  names?: string[];
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
      const { spec, kind, reach, usual, byChoice, each, key = spec.name } = entry;
      const why = entry.missing?.();
      return {
        ...{ name: spec.name, kind, description: spec.description, reach },
        ...(byChoice && { byChoice }),
        ...(each && { each }),
        available: why === undefined,
        ...(why !== undefined && { why }),
        permission: Object.hasOwn(chosen, key) ? chosen[key] : usual,
      };
    });
    this.patch({ tools });
  }

  /** What the model is told of in an answer of this chat; undefined for nothing. */
  forAnswer(
    chat: Pick<ChatRow, 'id' | 'settings'>,
    answerer: Pick<Answerer, 'can' | 'local' | 'contextTokens'>,
    { messageId, question, names }: ToolTurn,
  ): TurnTools | undefined {
    const { registry, book, ports } = this.options;
    const { id: chatId } = chat;
    const { format, tools: chosen, searchFirst } = ports.answering.settings(chat.settings);
    const { tools: able } = answerer.can;
    if (!able || (able === 'chosen' && !chosen && !searchFirst && !names) || format) return undefined;
    const all = registry.tools(names ?? this.namesOf(chat));
    if (all.length === 0) return undefined;
    const info = answerer.local ? ports.model.info() : null;
    return {
      tools: names ? all : toolsFor(info, all, question),
      ...(searchFirst && !names && { searchFirst: queriesBy(info) }),
      chatId,
      contextTokens: () => readableContext(info, answerer.contextTokens()),
      decide: (request) =>
        decide(request, {
          everywhere: ports.answering.toolPermissions(),
          inChat: book.chat(chatId)?.allowedTools ?? [],
        }),
      ask: (asked, signal) =>
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
          this.patch({ toolAsked: { chatId, messageId, ...asked } });
        }),
    };
  }

  /** Descriptions of the tools that are on in a chat, for counting. */
  specsOf(chat: Pick<ChatRow, 'settings'>): ToolSpec[] {
    const { registry, ports } = this.options;
    const info = ports.model.info();
    if (ports.answering.settings(chat.settings).format || !callsTools(info)) return [];
    return toolsFor(info, registry.tools(this.namesOf(chat)), '').map(({ spec }) => spec);
  }

  /** Tokens that a tool takes of every prompt; undefined while no model is there to count. */
  async costOf(spec: ToolSpec, client: Pick<EngineClient, 'call'>): Promise<number | undefined> {
    if (!callsTools(this.options.ports.model.info())) return undefined;
    const messages: Turn[] = [{ role: 'user', parts: [{ type: 'text', text: '' }] }];
    const other = { type: 'function', name: 'other', description: '', parameters: {} } as const;
    const count = (tools: ToolSpec[]) => client.call('countTokens', { messages, tools });
    const counted = Promise.all([count([other, spec]), count([other])]);
    return counted.then(
      ([both, one]) => both.tokens - one.tokens,
      () => undefined,
    );
  }

  /** Names of the tools that are on in a chat, in the order of the registry. */
  private namesOf({ settings }: Pick<ChatRow, 'settings'>): string[] {
    const { registry, ports } = this.options;
    const { tools: chosen, searchFirst } = ports.answering.settings(settings);
    const on = registry.list.filter(
      ({ spec, byChoice }) =>
        (searchFirst && spec.type === 'simple_browser') || (chosen?.includes(spec.name) ?? !byChoice),
    );
    return on.map(({ spec }) => spec.name);
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
