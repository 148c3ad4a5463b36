// `glm agent`: answers with tools. The loop and the tools run in the page, beside the engine.
import { existsSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { AppError, fromWireError } from '../../src/shared/errors';
import { readFunctions, type UserFunction } from '../../src/tools/functions/definition';
import type { AgentRequest, AgentStep } from './agentPage';

export interface AgentOptions {
  prompt: string[];
  system?: string;
  /** Names, with commas between. */
  tools?: string;
  /** A JSON file. */
  functions?: string;
  allowAll: boolean;
  maxTokens?: number;
}

function functionsOf(file: string | undefined): UserFunction[] {
  if (!file) return [];
  if (!existsSync(file))
    throw new AppError('file-unreadable', `There is no file ${file}. Check the path.`, { name: file });
  return readFunctions(readFileSync(file, 'utf8'), file);
}

/** Checks what can be checked before the model is loaded. @throws AppError */
export function agentRequest(options: AgentOptions): Omit<AgentRequest, 'info' | 'sampling'> {
  const { prompt, system = '', tools, functions, allowAll, maxTokens } = options;
  const names = tools?.split(',').map((name) => name.trim());
  return {
    ...{ prompts: prompt, system, allowAll, maxTokens },
    functions: functionsOf(functions),
    ...(names && { tools: names.filter(Boolean) }),
  };
}

/** Runs the turns in the engine's page; prints one line of JSON per step. @throws AppError */
export async function agent(page: Page, request: AgentRequest): Promise<void> {
  const { info } = request;
  if (!info.tools) process.stderr.write(`${info.name} knows no tools: it is not told of any.\n`);
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
