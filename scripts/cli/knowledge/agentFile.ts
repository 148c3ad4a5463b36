// `glm agent --agent FILE.glmagent`: the agent's instructions, tools, functions and knowledge in a run.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readAgent, type Agent } from '../../../src/knowledge/agentFile/agentFile';
import type { KnowledgeBase } from '../../../src/knowledge/base';
import type { Embedder } from '../../../src/knowledge/index/vectors';
import { fitsWhole, passagesFor, questionWith, systemText, wholeText } from '../../../src/knowledge/prompt';
import { summaryOf } from '../../../src/knowledge/stored';
import type { Passage } from '../../../src/knowledge/types';
import { AppError } from '../../../src/shared/errors';
import { SAMPLING, SAMPLING_NAMES, type SamplingName } from '../../../src/shared/sampling';
import { questionVector } from './embedder';
import { readFunctions, type UserFunction } from '../../../src/tools/functions/definition';

/** What a run takes of an agent. */
export interface AgentPart {
  instructions: string;
  /** Names of tools. */
  tools: string[];
  functions: UserFunction[];
  sampling: Partial<Record<SamplingName, number>>;
  base?: KnowledgeBase;
}

/** @throws AppError file-unreadable, bad-functions, and those of readAgent */
export function agentPart(file: string): AgentPart {
  const { card, functions, knowledge } = openAgent(file);
  return {
    instructions: card.instructions,
    tools: card.tools,
    functions: functions === undefined ? [] : readFunctions(functions, file),
    sampling: samplingOf(card.sampling ?? {}),
    ...(knowledge && { base: knowledge }),
  };
}

/** An agent's sampling under the app's names, where its values can be. */
function samplingOf(given: Record<string, number>): AgentPart['sampling'] {
  const entries = SAMPLING_NAMES.flatMap((name) => {
    const { api, min, max } = SAMPLING[name];
    const value = given[api] ?? given[name];
    return value >= min && value <= max ? [[name, value] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** The agent in a file on disk. @throws AppError file-unreadable, and those of readAgent */
export function openAgent(file: string): Agent {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new AppError('file-unreadable', `${file} cannot be read. Check the path.`, { name: file }, error);
  }
  return readAgent(bytes, path.basename(file));
}

/** A question as the model reads it, and the passages that stand in front of it. */
export interface KnownQuestion {
  text: string;
  passages: Passage[];
}

/**
 * The system turn and the questions of a run: a small base whole in the former, passages of a larger one in the latter.
 * @param openModel opens the embedding model, for a base that has vectors and is searched
 */
export async function withKnowledge(
  { instructions, base }: AgentPart,
  { system, prompts, contextTokens }: { system: string; prompts: readonly string[]; contextTokens: number },
  openModel?: () => Promise<Embedder>,
): Promise<{ system: string; known: KnownQuestion[] }> {
  const text = [instructions.trim(), system.trim()].filter(Boolean).join('\n\n');
  const isWhole = base && fitsWhole(summaryOf(base).tokens, contextTokens);
  const known: KnownQuestion[] = [];
  const searched = base && !isWhole ? base : undefined;
  const embedder = searched?.vectors && (await openModel?.());
  if (searched?.vectors && searched.vectors.model !== embedder?.model)
    process.stderr.write(
      embedder
        ? 'The agent’s vectors come from another model: only words are searched.\n'
        : 'The agent has vectors: with --embedder FILE.gguf they are searched, too.\n',
    );
  for (const prompt of prompts) {
    const vector = searched && (await questionVector(searched, prompt, embedder));
    const passages = searched ? passagesFor(searched, prompt, contextTokens, vector) : [];
    known.push({ text: questionWith(passages, prompt), passages });
  }
  return { system: systemText(text, isWhole ? wholeText(base) : undefined), known };
}
