// Who writes an answer: the engine on this computer, or a server. The same calls, with what differs as data.
import type { CallOptions, EngineClient } from '../client/engineClient';
import type { GenerateRequest, GenerateSummary, SamplingParams, Turn } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import { serverGenerate } from '../network/network';
import {
  continuesAnswers,
  losesCalls,
  refusesThinking,
  refusesTools,
  takesToolsUnasked,
} from '../servers/kinds';
import type { ServerChoice } from '../servers/serverClient';

/** What an answerer is able to do. */
export interface Abilities {
  /** Go on from the middle of an answer. */
  continue: boolean;
  /** Be told of tools and call them. chosen: only when a person has chosen them. */
  tools: boolean | 'chosen';
  /** See pictures. */
  images: boolean;
  /** Tell the probabilities of tokens. Servers may refuse all the same. */
  logprobs: boolean;
  /** Write under a constraint, such as a JSON schema. */
  constrain: boolean;
}

/** Whom an answer is attributed to, for its record. */
export interface Author {
  model: { id: string; name: string; origin: string };
  quantisation: string;
  /** Host of the server; missing for this computer. */
  server?: string;
  /** The sampling values that were sent, where the rest is the server's own choice; missing: all of the request's. */
  sampling?: Partial<Omit<SamplingParams, 'seed'>>;
}

export interface Answerer {
  readonly can: Abilities;
  /** The answer is written on this computer: its memory and its load explain the speed. */
  readonly local: boolean;
  /** Resolves to true once a request can be answered; to false when it cannot or the signal fires. */
  ready(signal: AbortSignal): Promise<boolean>;
  /** Who answers now; null while no model is ready. */
  author(): Author | null;
  /** @throws AppError of the engine or the server. A stop is an outcome: reason 'aborted'. */
  generate(request: GenerateRequest, options: CallOptions<'generate'>): Promise<GenerateSummary>;
  /** Size of the context in tokens; 0 while unknown. */
  contextTokens(): number;
  /** Tokens of the prompt that these turns make. Servers do not count. */
  countTokens?(messages: Turn[]): Promise<number>;
}

/** The model in use on this computer, as the page knows it. */
export interface LocalModel {
  /** Resolves to true once a model is ready; to false when none is coming or the signal fires. */
  untilReady(signal: AbortSignal): Promise<boolean>;
  /** Null unless a model is ready. */
  info():
    | (Pick<ModelInfo, 'id' | 'name' | 'origin' | 'quantisation'> &
        Partial<Pick<ModelInfo, 'contextTokens' | 'eyes'>> & { tools?: boolean })
    | null;
}

/** The descriptions of tools take some hundred tokens: a shorter context would hold little else. */
export const LEAST_CONTEXT_FOR_TOOLS = 1024;

/** Whether a model on this computer is told of tools. */
export const callsTools = (info: Partial<Pick<ModelInfo, 'contextTokens' | 'tools'>> | null): boolean =>
  info?.tools === true && (info.contextTokens ?? 0) >= LEAST_CONTEXT_FOR_TOOLS;

/** The engine of this page. */
export function engineAnswerer(client: Pick<EngineClient, 'call'>, model: LocalModel): Answerer {
  return {
    get can() {
      const tools = callsTools(model.info());
      const images = Boolean(model.info()?.eyes);
      return { continue: true, tools, images, logprobs: true, constrain: true };
    },
    local: true,
    ready: (signal) => model.untilReady(signal),
    author() {
      const info = model.info();
      if (!info) return null;
      const { id, name, origin, quantisation = '' } = info;
      return { model: { id, name, origin }, quantisation };
    },
    generate: (request, options) => client.call('generate', request, options),
    contextTokens: () => model.info()?.contextTokens ?? 0,
    countTokens: async (messages) => (await client.call('countTokens', { messages })).tokens,
  };
}

/** Servers and models that answer without tools only, as far as they have been asked. */
const withoutTools = new Set<string>();

/** A server that refuses to be told how much to think is asked again without. */
async function generateThinking(
  choice: ServerChoice,
  request: GenerateRequest,
  options: CallOptions<'generate'>,
): Promise<GenerateSummary> {
  try {
    return await generateWithTools(choice, request, options);
  } catch (error) {
    if (request.thinkingTokens === undefined || !refusesThinking(error)) throw error;
    return generateWithTools(choice, { ...request, thinkingTokens: undefined }, options);
  }
}

/** A server that refuses tools is asked again without them, and later at once. */
async function generateWithTools(
  choice: ServerChoice,
  request: GenerateRequest,
  options: CallOptions<'generate'>,
): Promise<GenerateSummary> {
  const { tools, toolChoice: _, ...plain } = request;
  const key = `${choice.baseUrl} ${choice.model}`;
  if (!tools || withoutTools.has(key)) return serverGenerate(choice, plain, options);
  let begun = false;
  const onEvent: typeof options.onEvent = (event) => {
    begun ||= 'index' in event;
    options.onEvent?.(event);
  };
  try {
    return await serverGenerate(choice, request, { ...options, onEvent });
  } catch (error) {
    if (refusesTools(error)) withoutTools.add(key);
    else if (begun || !losesCalls(error)) throw error;
    return serverGenerate(choice, plain, options);
  }
}

/** A server that speaks the OpenAI chat API. */
export function serverAnswerer(choice: ServerChoice): Answerer {
  const { baseUrl, kind, model, sampling } = choice;
  const server = new URL(baseUrl).host;
  return {
    can: {
      ...{
        continue: continuesAnswers(kind),
        images: choice.pictures === true,
        logprobs: true,
        constrain: false,
      },
      tools: takesToolsUnasked(kind) || 'chosen',
    },
    local: false,
    ready: (signal) => Promise.resolve(!signal.aborted),
    author: () => ({ model: { id: model, name: model, origin: '' }, quantisation: '', server, sampling }),
    generate: (request, options) => generateThinking(choice, request, options),
    contextTokens: () => choice.contextTokens,
  };
}
