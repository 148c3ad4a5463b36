// An answer by a model that was told of tools: its calls parse, its text is as without them.
import type { GenerateSummary, ToolSpec } from '../../protocol/chat';
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
  const verifier = await openVerifier(prompts, grammars, tools);
  try {
    return await generateAnswer({ ...answer, verifier });
  } finally {
    verifier?.end();
  }
}

async function openVerifier(
  { asFunctions, family, taggedCalls }: ChatPrompts,
  grammars: ModelGrammars,
  tools: readonly ToolSpec[],
): Promise<CallVerifier | undefined> {
  if (taggedCalls)
    return (await fetchPart(() => import('./taggedVerifier'))).TaggedVerifier.for(grammars, tools);
  const { ToolVerifier } = await fetchPart(() => import('./toolVerifier'));
  return new ToolVerifier({ grammars, tools, asFunctions, thinks: family.thinks });
}
