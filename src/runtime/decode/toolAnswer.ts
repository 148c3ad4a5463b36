// An answer by a model that was told of tools: its calls parse, its text is as without them.
import type { GenerateSummary, ToolSpec } from '../../protocol/chat';
import type { LoadedModel } from '../loadedModel';
import { generateAnswer, type GenerateArgs } from './generate';

/** Answers with calls whose names are offered and whose arguments follow the tool's schema, as far as a grammar can say. */
export async function toolAnswer(
  answer: GenerateArgs & Pick<LoadedModel, 'grammars'>,
  tools: readonly ToolSpec[],
): Promise<GenerateSummary> {
  const { prompts } = answer;
  const grammars = await answer.grammars();
  const { ToolVerifier } = await import('./toolVerifier');
  const { asFunctions, family } = prompts;
  const verifier = new ToolVerifier({ grammars, tools, asFunctions, thinks: family.thinks });
  try {
    return await generateAnswer({ ...answer, verifier });
  } finally {
    verifier.end();
  }
}
