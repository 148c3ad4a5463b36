// The calls of a turn: checked, allowed, run in order, each with one result. Loaded with the first turn that has tools.
import type { CallPart, CallState, Part, ResultPart, ToolEvent, Turn } from '../protocol/chat';
import { isTainted } from '../tools/permissions';
import type { ToolContext, ToolFile, ToolOutcome } from '../tools/tool';
import { canonicalArgs, argumentFault } from './checkArgs';
import { isCut, OBSERVATIONS, pendingCalls, resultOf, sentence } from './calls';
import { cleanPart, observationTokens, resultPart } from './observation';
import type { TurnTools } from './turnTools';

/** Why the calls of a turn end it: the same call again, without anything new in between. */
export type LoopEnd = 'repeated';

export interface ToolLoopOptions {
  tools: TurnTools;
  /** The chat before the answer. */
  history: readonly Turn[];
  signal: AbortSignal;
  onEvent: (event: ToolEvent) => void;
  countTokens?: (messages: Turn[]) => Promise<number>;
  /** The model writes a text for a tool. */
  write?: ToolContext['write'];
}

/** A call that ended, as far as repetition is concerned. */
interface Past {
  key: string;
  observation: string;
  /** The observation told something that no earlier one had. */
  isNew: boolean;
}

export class ToolLoop {
  /** The parts of the answer; the caller keeps them current between two runs. */
  parts: Part[];
  private readonly past: Past[] = [];

  constructor(
    private readonly options: ToolLoopOptions,
    begun: readonly Part[],
  ) {
    this.parts = [...begun];
    for (const part of begun) {
      const result = part.type === 'call' ? resultOf(begun, part.id) : undefined;
      // A call that was stopped may be made again.
      const ended = part.type === 'call' && !['asks', 'runs', 'stopped'].includes(part.state);
      if (ended && result?.observation !== undefined) this.remember(part, result);
    }
  }

  get isPending(): boolean {
    return pendingCalls(this.parts).length > 0;
  }

  /**
   * Runs every call without a result, in order.
   * @throws the signal's reason; AppError of a tool that a person must help
   */
  async run(): Promise<LoopEnd | undefined> {
    let end: LoopEnd | undefined;
    for (const call of pendingCalls(this.parts)) {
      if (end) this.finish(call, 'stopped', sentence(call.id, OBSERVATIONS.notRun));
      else end = await this.runCall(call);
    }
    return end;
  }

  /** Ends every call without a result with this sentence: none is run. */
  refuseAll(observation: string): void {
    for (const call of pendingCalls(this.parts)) this.finish(call, 'stopped', sentence(call.id, observation));
  }

  private async runCall(call: CallPart): Promise<LoopEnd | undefined> {
    const { tools, history, signal } = this.options;
    signal.throwIfAborted();
    const fail = (state: CallState, why: string) => this.finish(call, state, sentence(call.id, why));
    if (isCut(call)) return fail('stopped', OBSERVATIONS.cut);
    if (this.isRepeated(call)) {
      fail('stopped', OBSERVATIONS.repeated);
      return 'repeated';
    }
    const tool = tools.tools.find(({ spec }) => spec.name === call.tool);
    if (!tool) {
      const names = tools.tools.map(({ spec }) => spec.name).join(', ');
      return fail('unknown', `There is no tool ${call.tool}. Tools: ${names}.`);
    }
    const fault = argumentFault(tool.spec, call.args);
    if (fault) return fail('failed', fault);
    const tainted = isTainted([...history, { parts: this.parts.filter((part) => part !== call) }]);
    const { key, usual, each } = tool;
    const { reach, hosts } = (await tool.reachOf?.(call.args, this.chat())) ?? {
      reach: tool.reach,
      hosts: [],
    };
    if (tools.decide({ key, reach, usual, tainted, ...(each && { each }) }) === 'ask') {
      this.put(call, 'asks');
      const asked = { call: this.current(call), reach, tainted, hosts, ...(each && { each }) };
      const allowed = await untilAborted(tools.ask(asked, signal), signal);
      if (!allowed) return fail('refused', OBSERVATIONS.refused);
    }
    await this.runTool(call, tool);
    return undefined;
  }

  private async runTool(call: CallPart, tool: TurnTools['tools'][number]): Promise<void> {
    const { tools, signal, countTokens, write } = this.options;
    const maxTokens = observationTokens(tools.contextTokens());
    this.put(call, 'runs');
    const started = performance.now();
    let over = false;
    const running = tool.run(call.args, {
      chatId: tools.chatId,
      files: this.files(),
      chat: this.chat(),
      maxObservationTokens: maxTokens,
      signal,
      ...(write && { write }),
      allowDownload: async (download) => {
        this.put(call, 'asks');
        const asked = { call: this.current(call), reach: tool.reach, tainted: false, download };
        const allowed = await untilAborted(tools.ask(asked, signal), signal);
        this.put(call, 'runs');
        return allowed;
      },
      onProgress: (parts) => {
        if (!over && !signal.aborted)
          this.putResult({ type: 'result', callId: call.id, parts: parts.map(cleanPart) });
      },
    });
    let outcome: ToolOutcome;
    try {
      outcome = await untilAborted(running, signal);
    } catch (error) {
      over = true;
      if (!signal.aborted) this.put(call, 'failed');
      throw error;
    }
    over = true;
    const ranMs = Math.round(performance.now() - started);
    const limit = { callId: call.id, maxTokens, countTokens };
    const result = await untilAborted(resultPart(outcome, limit), signal);
    this.finish(call, outcome.failed ? 'failed' : 'done', result, ranMs);
  }

  /** Files of the chat, the newest of each name. */
  private files(): ToolFile[] {
    const parts = this.chat().flatMap((turn) => turn.parts);
    const all = parts.flatMap((part): Part[] => (part.type === 'result' ? part.parts : [part]));
    const named = all.flatMap((part) => (part.type === 'file' ? [[part.name, part.blob] as const] : []));
    return [...new Map(named)].map(([name, blob]) => ({ name, blob }));
  }

  /** The chat so far. */
  private chat(): Turn[] {
    return [...this.options.history, { role: 'assistant', parts: this.parts }];
  }

  /** The same call was made before, and nothing new has come since. */
  private isRepeated({ tool, args }: CallPart): boolean {
    const key = keyOf(tool, args);
    const before = this.past.findLastIndex((one) => one.key === key);
    return before >= 0 && !this.past.slice(before + 1).some(({ isNew }) => isNew);
  }

  private remember({ tool, args }: CallPart, { observation = '' }: ResultPart): void {
    const isNew = !this.past.some((one) => one.observation === observation);
    this.past.push({ key: keyOf(tool, args), observation, isNew });
  }

  private current({ id }: CallPart): CallPart {
    return this.parts[this.indexOf(id)] as CallPart;
  }

  private indexOf(id: string): number {
    return this.parts.findIndex((part) => part.type === 'call' && part.id === id);
  }

  private put({ id }: CallPart, state: CallState, ranMs?: number): void {
    const index = this.indexOf(id);
    const { ranMs: _, ...call } = this.parts[index] as CallPart;
    this.send(index, { ...call, state, ...(ranMs !== undefined && { ranMs }) });
  }

  private putResult(result: ResultPart): void {
    const at = this.parts.findIndex((part) => part.type === 'result' && part.callId === result.callId);
    this.send(at < 0 ? this.parts.length : at, result);
  }

  private finish(call: CallPart, state: CallState, result: ResultPart, ranMs?: number): undefined {
    this.remember(call, result);
    this.putResult(result);
    this.put(call, state, ranMs);
  }

  private send(index: number, part: CallPart | ResultPart): void {
    this.parts[index] = part;
    this.options.onEvent({ kind: 'tool', index, part });
  }
}

const keyOf = (tool: string, args: string): string => `${tool}\n${canonicalArgs(args)}`;

/** Settles with the promise, or rejects at once when the signal fires: no tool holds a stopped turn. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => undefined); // what a tool says after a stop no longer counts
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
