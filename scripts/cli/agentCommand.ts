// `glm agent`: answers with tools. The loop and the tools run in a page; the engine beside them, or in Node through Dawn.
import type { Page } from 'playwright';
import { callsTools, LEAST_CONTEXT_FOR_TOOLS } from '../../src/agent/answerer';
import { schemaGrammar } from '../../src/grammar/jsonSchema';
import type { CallName, EngineCalls } from '../../src/protocol/calls';
import { AppError, fromWireError, toWireError } from '../../src/shared/errors';
import { baseAddress } from '../../src/tools/browser/settings';
import { BROWSER_SPEC } from '../../src/tools/browser/spec';
import { askMcp } from '../../src/network/network';
import { builtInTools } from '../../src/tools/builtIn';
import { drawEntries } from '../../src/tools/draw/entries';
import { NO_ENDPOINTS } from '../../src/tools/draw/settings';
import { originOf, secretsOf } from '../../src/tools/http/endpoint';
import type { Secret } from '../../src/tools/http/secrets';
import { pinned, prefixOf } from '../../src/tools/mcp/pinned';
import { readDocument } from '../../src/tools/openapi/document';
import { functionsOf as convertOperations } from '../../src/tools/openapi/operations';
import { readFunctions, type UserFunction } from '../../src/tools/functions/definition';
import type { ImagePart } from '../../src/protocol/chat';
import type { AgentRequest, AgentStep } from './agentPage';
import type { CliEngine } from './cliEngine';
import type { AgentPart } from './knowledge/agentFile';
import { readText } from './readText';

export interface AgentOptions {
  prompt: string[];
  pictures?: ImagePart[];
  system?: string;
  /** Names, with commas between. */
  tools?: string;
  /** A JSON file. */
  functions?: string;
  /** Address of a MediaWiki where the browser searches. */
  wiki?: string;
  /** Search before each answer, and cite. */
  cite?: boolean;
  /** What a .glmagent file brings. */
  agent?: AgentPart;
  /** An OpenAPI document, JSON or YAML: all of its operations. */
  openapi?: string;
  /** Address of an MCP server: all of its tools. */
  mcp?: string;
  allowAll: boolean;
  maxTokens?: number;
  thinkingTokens?: number;
}

const functionsOf = (file: string | undefined): UserFunction[] =>
  file ? readFunctions(readText(file), file) : [];

/** All operations of a document that a page can call, at its first server. */
async function operationsOf(file: string | undefined, taken: readonly string[]): Promise<UserFunction[]> {
  if (!file) return [];
  const document = await readDocument(readText(file), file);
  const [base] = document.servers;
  if (base === undefined) {
    const details = { name: file, where: 'servers', why: 'an address was expected' };
    throw new AppError('bad-openapi', `${file}: servers: an address was expected`, details);
  }
  return convertOperations(document, base, new Set(taken)).flatMap((one) => {
    if ('made' in one) return [one.made];
    process.stderr.write(`${one.operation.id}: left out: ${one.why}\n`);
    return [];
  });
}

/** The tools of an MCP server, as it describes them now. */
async function mcpTools(url: string | undefined): Promise<NonNullable<AgentRequest['mcp']> | undefined> {
  if (url === undefined) return undefined;
  const server = { id: 'cli', url, key: process.env.GLM_MCP_KEY ?? '' };
  const { value } = await askMcp(server, { do: 'list', only: 'tools' });
  await askMcp(server, { do: 'close' });
  const tools = await Promise.all(value.tools.map((tool) => pinned(tool, prefixOf(value.name))));
  return { server, tools: tools.filter((tool) => tool !== undefined) };
}

/** Secrets of functions from the environment: {{NAME}} is the variable NAME, for the host of the function that names it. */
function secretsFromEnvironment(functions: readonly UserFunction[]): Secret[] {
  return functions.flatMap(({ http }) => {
    const origin = http && originOf(http.url);
    if (!http || origin === undefined) return [];
    return secretsOf(http).flatMap((name) => {
      const value = process.env[name];
      return value ? [{ name, value, origin }] : [];
    });
  });
}

/**
 * The tools of a run: built-in tools and functions that are named. Where none is named, all but those that a person has to
 * choose; where only built-in ones are, the functions of the file come with them.
 */
function toolNames(named: string | undefined, own: readonly string[]): string[] {
  const builtIn = [...builtInTools(), ...drawEntries(NO_ENDPOINTS, async () => [])];
  if (named === undefined)
    return [...builtIn.filter(({ byChoice }) => !byChoice).map(({ spec }) => spec.name), ...own];
  const all = [...builtIn.map(({ spec }) => spec.name), ...own];
  const names = named.split(',').map((name) => name.trim()).filter(Boolean); // prettier-ignore
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    const why = `--tools: there is no tool "${unknown}". Tools: ${all.join(', ')}`;
    throw new AppError('bad-request', why, { why });
  }
  return names.some((name) => own.includes(name)) ? names : [...names, ...own];
}

/** The tools that an agent names, with commas between; those that this app lacks are left out. */
function agentTools(agent: AgentPart | undefined): string | undefined {
  if (!agent) return undefined;
  const here = [...builtInTools(), ...drawEntries(NO_ENDPOINTS, async () => [])].map(({ spec }) => spec.name);
  const unknown = agent.tools.filter((name) => !here.includes(name));
  if (unknown.length > 0)
    process.stderr.write(`the agent names tools that are not here: ${unknown.join(', ')}\n`);
  return agent.tools.filter((name) => here.includes(name)).join(',');
}

/** Checks what can be checked before the model is loaded. @throws AppError */
export async function agentRequest(options: AgentOptions): Promise<Omit<AgentRequest, 'info' | 'sampling'>> {
  const { prompt, pictures, system = '', tools, allowAll, maxTokens, thinkingTokens, wiki, cite } = options;
  if (wiki !== undefined && baseAddress(wiki) === '') {
    const why = `--wiki: ${wiki} is no address`;
    throw new AppError('bad-request', why, { why });
  }
  const ofFile = [...functionsOf(options.functions), ...(options.agent?.functions ?? [])];
  const functions = [
    ...ofFile,
    ...(await operationsOf(
      options.openapi,
      ofFile.map(({ name }) => name),
    )),
  ];
  const mcp = await mcpTools(options.mcp);
  for (const { name, parameters } of functions) {
    const { checkedAfterwards } = schemaGrammar(parameters);
    if (checkedAfterwards.length > 0)
      process.stderr.write(`${name}: checked after each call: ${checkedAfterwards.join(', ')}\n`);
  }
  const own = [...functions, ...(mcp?.tools ?? [])].map(({ name }) => name);
  const names = toolNames(tools ?? agentTools(options.agent), own);
  const more = cite && !names.includes(BROWSER_SPEC.name) ? [BROWSER_SPEC.name] : [];
  const common = { prompts: prompt, pictures, system, allowAll, maxTokens, thinkingTokens, functions };
  return {
    ...{ ...common, tools: [...names, ...more], wiki, cite },
    secrets: secretsFromEnvironment(functions),
    ...(mcp && { mcp }),
  };
}

/** Why the model is told of no tools. */
function whyNoTools({ name, tools, contextTokens }: AgentRequest['info']): string {
  if (!tools) return `${name} knows no tools: it is not told of any.`;
  return `A context of ${contextTokens} tokens is too short for tools (${LEAST_CONTEXT_FOR_TOOLS}): the model is not told of any.`;
}

/** Answers the page's calls by an engine in Node. Events go with the result: the commands print whole steps. */
async function lendEngine(page: Page, engine: CliEngine): Promise<void> {
  await page.exposeFunction('lentEngine', async (name: CallName, args: never) => {
    const events: EngineCalls[CallName]['event'][] = [];
    try {
      return { result: await engine.call(name, args, (event) => void events.push(event)), events };
    } catch (error) {
      return { error: toWireError(error), events };
    }
  });
}

/**
 * Runs the turns in the page; prints one line of JSON per step.
 * @param lent an engine in Node, which answers instead of the page's
 * @throws AppError
 */
export async function agent(page: Page, request: AgentRequest, lent?: CliEngine): Promise<void> {
  if (!callsTools(request.info)) process.stderr.write(`${whyNoTools(request.info)}\n`);
  if (lent) await lendEngine(page, lent);
  await page.exposeFunction('agentNote', (note: string) => void process.stderr.write(`${note}\n`));
  await page.exposeFunction('agentStep', (step: AgentStep) => {
    process.stdout.write(`${JSON.stringify(step)}\n`);
    if (step.kind === 'result' && step.state === 'refused')
      process.stderr.write(
        `${step.tool} asks for permission and was refused: --allow all lets every call run.\n`,
      );
  });
  const failure = await page.evaluate((asked) => window.agentRun(asked), request);
  if (failure) throw fromWireError(failure);
}
