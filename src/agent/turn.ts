// One user turn: from the chat so far to the answer's parts. Without tools one request; with them request, calls, results,
// request … until an answer has no calls (toolLoop.ts).
import type { GenerateEvent, GenerateSummary, Part, ToolEvent, Turn } from '../protocol/chat';
import type { WriteRequest } from '../tools/tool';
import { fetchPart } from '../shared/missingPart';
import { withPartEvent } from '../shared/parts';
import type { Answerer } from './answerer';
import { OBSERVATIONS, settledCalls } from './calls';
import { turnRequest, type TurnRequest } from './turnRequest';

export type { AskedCall, TurnTools } from './turnTools';

export interface TurnOptions {
  signal?: AbortSignal;
  onEvent?: (event: GenerateEvent | ToolEvent) => void;
}

/** Why a turn ended before the model did: the limit of steps, or the same call again without anything new. */
export type TurnLimit = 'hops' | 'repeated';

/** How a turn ended; a stop is an outcome, a failure is thrown. */
export interface TurnOutcome {
  /** The whole answer so far, a continued beginning included. */
  parts: Part[];
  /** Summary of the last request, with the tokens and times of all requests added up. */
  summary: GenerateSummary;
  /** One summary per request. */
  hops: GenerateSummary[];
  limit?: TurnLimit;
}

/** Requests of one turn. */
export const MOST_HOPS = 10;

/** @throws AppError of the answerer or of a tool; the parts so far have then already gone through `onEvent`. */
export async function runTurn(
  answerer: Pick<Answerer, 'can' | 'generate' | 'countTokens'>,
  turn: TurnRequest,
  { signal = new AbortController().signal, onEvent }: TurnOptions,
): Promise<TurnOutcome> {
  let parts: Part[] = [...(turn.begun ?? [])];
  const hops: GenerateSummary[] = [];
  const send = (event: GenerateEvent | ToolEvent) => {
    if ('index' in event) parts = withPartEvent<Part>(parts, event);
    onEvent?.(event);
  };
  const generate = async () => {
    const used = hops.reduce((sum, { newTokens }) => sum + newTokens, 0);
    const left = turn.maxTokens === undefined ? undefined : Math.max(1, turn.maxTokens - used);
    const request = {
      ...asked,
      begun: parts,
      maxTokens: left,
      resume: hops.length > 0 ? undefined : turn.resume,
      toolChoice: hops.length > 0 ? undefined : turn.toolChoice,
    };
    hops.push(await answerer.generate(turnRequest(request, answerer.can), { signal, onEvent: send }));
    return hops[hops.length - 1];
  };
  const { tools } = turn;
  let asked = turn;
  if (!tools || turn.format) return { summary: await generate(), parts, hops };
  const { ToolLoop } = await fetchPart(() => import('./toolLoop'));
  const loop = new ToolLoop(
    {
      ...{ tools, history: turn.history, signal, onEvent: send },
      countTokens: answerer.countTokens?.bind(answerer),
      write: (request) => writeFor(request, { answerer, sampling: turn.sampling, signal }),
    },
    parts,
  );
  const end = (reason?: GenerateSummary['reason'], limit?: TurnLimit): TurnOutcome => {
    if (reason === 'aborted') parts = settledCalls(parts);
    return { parts, hops, summary: totalOf(hops, reason), ...(limit && { limit }) };
  };
  try {
    if (tools.searchFirst) {
      const { citing, searchFirst } = await fetchPart(() => import('./searchFirst'));
      const by = tools.searchFirst;
      asked = citing(turn, by);
      const run = async () => {
        loop.parts = [...parts];
        await loop.run();
        return parts;
      };
      if (parts.length === 0) await searchFirst({ ...{ answerer, turn, by, signal, run }, send });
    }
    for (;;) {
      const limit = await loop.run();
      if (limit) return end('stop', limit);
      const { reason } = await generate();
      loop.parts = [...parts];
      if (reason === 'aborted') return end('aborted');
      if (!loop.isPending) return end();
      const spent = turn.maxTokens !== undefined && sumOf(hops, 'newTokens') >= turn.maxTokens;
      if (reason === 'length' || reason === 'context') return (loop.refuseAll(OBSERVATIONS.cut), end());
      if (spent) return (loop.refuseAll(OBSERVATIONS.notRun), end('length'));
      if (hops.length >= MOST_HOPS) return (loop.refuseAll(OBSERVATIONS.hops), end('stop', 'hops'));
    }
  } catch (error) {
    if (signal.aborted) return end('aborted');
    throw error;
  }
}

/** A text for a tool, by the model that called it: a request of its own, which the chat does not show. */
async function writeFor(
  { system, prompt, maxTokens, format }: WriteRequest,
  {
    answerer,
    sampling,
    signal,
  }: { answerer: Pick<Answerer, 'can' | 'generate'> } & Pick<TurnRequest, 'sampling'> & {
      signal: AbortSignal;
    },
): Promise<string> {
  const history: Turn[] = [{ role: 'user', parts: [{ type: 'text', text: prompt }] }];
  const held = answerer.can.constrain ? format : undefined;
  const request = turnRequest(
    { systemPrompt: system, history, sampling, maxTokens, format: held },
    { images: false },
  );
  let parts: Part[] = [];
  const { reason } = await answerer.generate(request, {
    signal,
    onEvent: (event) => {
      if ('index' in event) parts = withPartEvent<Part>(parts, event);
    },
  });
  if (reason === 'aborted') signal.throwIfAborted();
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

const sumOf = (hops: readonly GenerateSummary[], key: 'newTokens' | 'prefillMs' | 'decodeMs'): number =>
  hops.reduce((sum, hop) => sum + hop[key], 0);

/** Summary of a turn that was stopped in its tool calls, before any request. */
const NOTHING: GenerateSummary = {
  reason: 'aborted',
  ...{ promptTokens: 0, reusedTokens: 0, newTokens: 0, prefillMs: 0, decodeMs: 0 },
  ...{ contextUsed: 0, contextTokens: 0 },
};

/** The figures of all requests: those of the last one, and what all of them wrote and took. */
function totalOf(hops: readonly GenerateSummary[], reason?: GenerateSummary['reason']): GenerateSummary {
  const last = hops.at(-1) ?? NOTHING;
  const prefilled = hops.map(({ prefilledTokens }) => prefilledTokens ?? 0).reduce((sum, n) => sum + n, 0);
  return {
    ...last,
    reason: reason ?? last.reason,
    newTokens: sumOf(hops, 'newTokens'),
    prefillMs: sumOf(hops, 'prefillMs'),
    decodeMs: sumOf(hops, 'decodeMs'),
    ...(last.prefilledTokens !== undefined && { prefilledTokens: prefilled }),
  };
}
