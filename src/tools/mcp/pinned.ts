// Tools of MCP servers as a person approved them. Their words come from the server: the model reads the approved ones, and
// a tool that the server describes otherwise later is not called before it is approved again.
import type { McpTool } from '../../network/mcp/types';
import { cleanText } from '../cleanText';
import { hashText } from '../functions/definition';
import { schemaGrammar } from '../../grammar/jsonSchema';

export interface PinnedTool {
  /** As the model calls it: the server's prefix, and letters, digits, `_` and `-`. */
  name: string;
  /** As the server calls it. */
  original: string;
  /** One line. */
  description: string;
  schema: Record<string, unknown>;
  /** SHA-256 of the server's name, description and schema. */
  hash: string;
}

/** Whether a tool is as it was approved. */
export const pinOf = ({ name, description, schema }: McpTool): Promise<string> =>
  hashText(JSON.stringify([name, description, schema]));

const MOST_NAME = 64;

const part = (text: string): string => text.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^_+|_+$/g, '');

/** A short name of a server for its tools' names. */
export const prefixOf = (name: string): string =>
  part(name).toLowerCase().slice(0, 20).replace(/_+$/, '') || 'mcp';

/** @returns the tool as it is approved; undefined for one whose schema cannot be used */
export async function pinned(tool: McpTool, prefix: string): Promise<PinnedTool | undefined> {
  const schema = { ...tool.schema, type: 'object' };
  try {
    schemaGrammar(schema);
  } catch {
    return undefined;
  }
  return {
    name: `${prefix}_${part(tool.name) || 'tool'}`.slice(0, MOST_NAME),
    original: tool.name,
    description: cleanText(tool.description).replace(/\s+/g, ' ').trim().slice(0, 1000),
    schema,
    hash: await pinOf(tool),
  };
}

/** The tools as they are approved, without those whose schema cannot be used: names in other scripts, or long ones, differ. */
export async function pinnedAll(tools: readonly McpTool[], prefix: string): Promise<PinnedTool[]> {
  const taken = new Set<string>();
  const all = await Promise.all(tools.map((tool) => pinned(tool, prefix)));
  return all.flatMap((tool) => {
    if (!tool) return [];
    let { name } = tool;
    for (let n = 2; taken.has(name); n++) name = `${tool.name.slice(0, MOST_NAME - `_${n}`.length)}_${n}`;
    taken.add(name);
    return [{ ...tool, name }];
  });
}
