// An answer by a model that was told of tools: its calls parse, its text is as without them.
import type { GenerateRequest, GenerateSummary, ToolSpec } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import type { LoadedModel } from '../loadedModel';
import type { ChatPrompts } from '../prompt/chatPrompt';
import type { CallVerifier } from './constraint';
import type { ModelGrammars } from './grammarConstraint';
import { generateAnswer, type GenerateArgs } from './generate';
import { fetchPart } from '../../shared/missingPart';

/** Answers with calls whose names are offered and whose arguments follow the tool's schema, as far as a grammar can say. */
export async function toolAnswer(
  answer: GenerateArgs & Pick<LoadedModel, 'grammars'>,
  tools: readonly ToolSpec[],
): Promise<GenerateSummary> {
  const { prompts } = answer;
  const grammars = await answer.grammars();
  setTimeout(() => void grammars.prepare(), 0); // while the GPU reads the prompt
  const forced = forcedNames(answer.request, tools);
  const verifier = await openVerifier(prompts, {
    grammars,
    tools,
    forced,
    ...prompts.thoughtAt(answer.request),
  });
  try {
    return await generateAnswer({ ...answer, verifier });
  } finally {
    verifier?.end();
  }
}

/** Names of the tools of which one must be called. @throws AppError bad-request for a tool that is not offered */
function forcedNames(
  { toolChoice }: Pick<GenerateRequest, 'toolChoice'>,
  tools: readonly ToolSpec[],
): string[] | undefined {
  if (!toolChoice) return undefined;
  const names = tools.map(({ name }) => name);
  if (toolChoice === 'required') return names;
  const { name } = toolChoice;
  if (names.includes(name)) return [name];
  const why = `no tool ${name} is offered`;
  throw new AppError('bad-request', `toolChoice: ${why}`, { field: 'toolChoice', why });
}

interface VerifierRules {
  grammars: ModelGrammars;
  tools: readonly ToolSpec[];
  /** The prompt ends inside the reasoning. */
  thinks: boolean;
  /** It ends behind it. */
  afterThought: boolean;
  forced?: readonly string[];
}

async function openVerifier(
  { asFunctions, taggedCalls }: ChatPrompts,
  rules: VerifierRules,
): Promise<CallVerifier | undefined> {
  if (taggedCalls) {
    const { TaggedVerifier } = await fetchPart(() => import('./taggedVerifier'));
    return TaggedVerifier.for(rules.grammars, rules.tools, rules);
  }
  const { ToolVerifier } = await fetchPart(() => import('./toolVerifier'));
  return new ToolVerifier({ ...rules, asFunctions });
}
