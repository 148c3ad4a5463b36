// Agents as files: one .glmagent each, or all in one zip.
import { zipSync } from 'fflate';
import type { StoredAgent } from '../../../agents/agent';
import { AGENT_EXTENSION } from '../../../knowledge/agentFile/agentFile';
import type { Knowledge } from '../../../knowledge/worker/knowledge';
import { writeFunctions } from '../../../tools/functions/definition';
import type { Functions } from '../saved/functions';
import { exportName } from '../transfer/exportFormat';

export interface AgentFile {
  blob: Blob;
  name: string;
}

interface Parts {
  functions: Functions;
  knowledge: Knowledge;
}

/** An agent's file: its card, the functions that it names, what it knows. */
export async function agentFile(
  { card, knowledge }: Pick<StoredAgent, 'card' | 'knowledge'>,
  parts: Parts,
): Promise<AgentFile> {
  const named = parts.functions.state.functions.filter(({ name }) => card.tools.includes(name));
  const blob = await parts.knowledge.writeAgent({
    card,
    ...(named.length > 0 && { functions: writeFunctions(named) }),
    ...(knowledge && { knowledge }),
  });
  return { blob, name: exportName(card.name, AGENT_EXTENSION.slice(1)) };
}

/** The files of agents in one zip; undefined without any. */
export async function zipOfAgents(agents: readonly StoredAgent[], parts: Parts): Promise<Blob | undefined> {
  const files: Record<string, Uint8Array> = {};
  for (const agent of agents) {
    const file = await agentFile(agent, parts);
    let { name } = file;
    for (let n = 2; name in files; n++) name = file.name.replace(AGENT_EXTENSION, ` ${n}${AGENT_EXTENSION}`);
    files[name] = new Uint8Array(await file.blob.arrayBuffer());
  }
  if (agents.length === 0) return undefined;
  return new Blob([zipSync(files, { level: 0 }) as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
}
