// The page's half of `glm agent`: the app's own loop and tools, over the engine of the page.
import { engineAnswerer, type Answerer } from '../../src/agent/answerer';
import { queriesBy, readableContext, toolsFor } from '../../src/agent/smallModel';
import { runTurn, type TurnTools } from '../../src/agent/turn';
import type { EngineClient } from '../../src/client/engineClient';
import type {
  CallPart,
  GenerateSummary,
  ImagePart,
  Part,
  ResultPart,
  SamplingParams,
  Turn,
} from '../../src/protocol/chat';
import type { McpServer } from '../../src/network/mcp/types';
import { askMcp } from '../../src/network/network';
import type { ModelInfo } from '../../src/protocol/models';
import { builtInTools } from '../../src/tools/builtIn';
import type { UserFunction } from '../../src/tools/functions/definition';
import { functionEntry } from '../../src/tools/functions/entry';
import { DEFAULT_BROWSER } from '../../src/tools/browser/settings';
import { drawEntries } from '../../src/tools/draw/entries';
import { NO_ENDPOINTS } from '../../src/tools/draw/settings';
import type { Secret } from '../../src/tools/http/secrets';
import { mcpTool } from '../../src/tools/mcp/mcpTool';
import type { PinnedTool } from '../../src/tools/mcp/pinned';
import { decide } from '../../src/tools/permissions';
import { ToolRegistry, type ToolEntry } from '../../src/tools/registry';
import { withPartEvent } from '../../src/shared/parts';
import type { KnownQuestion } from './knowledge/agentFile';

export interface AgentRequest {
  /** Questions, one after the other. */
  prompts: string[];
  /** The questions with what an agent knows in front of them, and the passages to tell. */
  known?: KnownQuestion[];
  /** In the first question. */
  pictures?: ImagePart[];
  system: string;
  /** Names of tools. */
  tools: string[];
  functions: UserFunction[];
  /** Address of a MediaWiki where the browser searches; missing: Wikipedia. */
  wiki?: string;
  /** Search before each answer. */
  cite?: boolean;
  /** Values of the functions' secrets. */
  secrets: Secret[];
  /** Tools of an MCP server. */
  mcp?: { server: McpServer; tools: PinnedTool[] };
  /** No call asks. */
  allowAll: boolean;
  sampling: SamplingParams;
  maxTokens?: number;
  /** Most tokens of a thought; missing: as many as the model likes. */
  thinkingTokens?: number;
  info: ModelInfo & { tools?: boolean };
}

/** One line of output. */
export type AgentStep =
  | { kind: 'sources'; passages: KnownQuestion['passages'] }
  | { kind: 'text' | 'thought'; text: string; reused: number; prefilled: number }
  | { kind: 'call'; tool: string; args: string; reused: number; prefilled: number }
  | {
      kind: 'result';
      tool: string;
      args: string;
      output: string;
      state: CallPart['state'];
      ranMs?: number;
      files?: string[];
    }
  | { kind: 'end'; reason: string; hops: number; new: number; reused: number; prefilled: number };

const CHAT = 'command line';

/** What one request added to the answer. */
function stepsOf(parts: readonly Part[], { reusedTokens, prefilledTokens }: GenerateSummary): AgentStep[] {
  const counts = { reused: reusedTokens, prefilled: prefilledTokens ?? 0 };
  return parts.flatMap((part): AgentStep[] => {
    if (part.type === 'text' || part.type === 'thought')
      return [{ kind: part.type, text: part.text, ...counts }];
    return part.type === 'call' ? [{ kind: 'call', tool: part.tool, args: part.args, ...counts }] : [];
  });
}

function resultStep(
  { tool, args, state, ranMs }: CallPart,
  { observation = '', parts }: ResultPart,
): AgentStep {
  const files = parts.flatMap((part) => (part.type === 'file' ? [part.name] : []));
  return {
    ...{ kind: 'result', tool, args, output: observation, state },
    ...(ranMs !== undefined && { ranMs }),
    ...(files.length > 0 && { files }),
  };
}

/** The engine's answerer, which tells each request's end. */
function watched(answerer: Answerer, onHop: (summary: GenerateSummary) => void): Answerer {
  const { generate } = answerer;
  return Object.defineProperty(Object.create(answerer) as Answerer, 'generate', {
    value: async (...request: Parameters<Answerer['generate']>) => {
      const summary = await generate(...request);
      onHop(summary);
      return summary;
    },
  });
}

function mcpEntries(mcp: AgentRequest['mcp']): ToolEntry[] {
  if (!mcp) return [];
  const { server, tools } = mcp;
  return tools.map((pin): ToolEntry => {
    const tool = mcpTool(pin, {
      url: server.url,
      ask: async (asked, signal) => (await askMcp(server, asked, signal)).value,
      onChanged: () => undefined,
    });
    return { ...{ spec: tool.spec, reach: 'sends', kind: 'function', usual: 'ask' }, load: async () => tool };
  });
}

/** Answers each prompt. @throws AppError */
export async function runAgent(
  client: Pick<EngineClient, 'call'>,
  request: AgentRequest,
  onStep: (step: AgentStep) => void,
  onNote: (note: string) => void,
): Promise<void> {
  const { prompts, pictures = [], system, functions, allowAll, sampling, maxTokens, info } = request;
  const { wiki, cite, known, thinkingTokens } = request;
  const browser =
    wiki === undefined ? DEFAULT_BROWSER : { ...DEFAULT_BROWSER, search: 'wiki' as const, wiki };
  const registry = new ToolRegistry(builtInTools({ browser: () => browser }));
  const secrets = async (names: readonly string[]) =>
    request.secrets.filter(({ name }) => names.includes(name));
  registry.setAdded([
    ...drawEntries(NO_ENDPOINTS, secrets),
    ...functions.map((one) => functionEntry({ ...one, hash: '' }, secrets)),
    ...mcpEntries(request.mcp),
  ]);
  const all = registry.tools(request.tools);
  const tools: Omit<TurnTools, 'tools'> = {
    chatId: CHAT,
    contextTokens: () => readableContext(info, info.contextTokens),
    decide: (asked) => (allowAll ? 'run' : decide(asked, { everywhere: {}, inChat: [] })),
    ask: () => Promise.resolve(allowAll),
  };
  const engine = engineAnswerer(client, { untilReady: () => Promise.resolve(true), info: () => info });
  const history: Turn[] = [];
  for (const [turn, prompt] of prompts.entries()) {
    const shown = turn === 0 ? pictures : [];
    const { text, passages } = known?.[turn] ?? { text: prompt, passages: [] };
    if (passages.length > 0) onStep({ kind: 'sources', passages });
    history.push({ role: 'user', parts: [...shown, { type: 'text', text }] });
    let parts: Part[] = [];
    let told = 0;
    const answerer = watched(engine, (summary) => {
      stepsOf(parts.slice(told), summary).forEach(onStep);
      told = parts.length;
    });
    const offered = toolsFor(info, all, prompt);
    if (offered.length < all.length)
      onNote(
        `told of the functions nearest to the question: ${offered.map(({ spec }) => spec.name).join(', ')}`,
      );
    const asked = {
      ...{ systemPrompt: system, history: [...history], sampling, maxTokens },
      ...(thinkingTokens !== undefined && { thinkingTokens }),
      tools: { ...tools, tools: offered, ...(cite && { searchFirst: queriesBy(info) }) },
    };
    const outcome = await runTurn(answerer, asked, {
      onEvent(event) {
        if (!('index' in event)) return;
        parts = withPartEvent<Part>(parts, event);
        if (event.kind !== 'tool' || event.part.type !== 'call') return;
        const call = event.part;
        const result = parts.find(
          (part): part is ResultPart => part.type === 'result' && part.callId === call.id,
        );
        if (result && call.state !== 'runs' && call.state !== 'asks') {
          onStep(resultStep(call, result));
          told = parts.length;
        }
      },
    });
    history.push({ role: 'assistant', parts: outcome.parts });
    const { reason, newTokens } = outcome.summary;
    const sum = (key: 'reusedTokens' | 'prefilledTokens') =>
      outcome.hops.reduce((total, hop) => total + (hop[key] ?? 0), 0);
    const counts = { new: newTokens, reused: sum('reusedTokens'), prefilled: sum('prefilledTokens') };
    onStep({ kind: 'end', reason: outcome.limit ?? reason, hops: outcome.hops.length, ...counts });
  }
}
