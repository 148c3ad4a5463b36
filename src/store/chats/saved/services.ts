// Endpoints that draw and MCP servers, in a chunk of their own.
import type { ToolEntry } from '../../../tools/registry';
import type { DrawingState, McpState } from '../state';
import { Drawing } from './drawing';
import { McpServers } from './mcpServers';
import type { Secrets } from './secrets';
import type { ServiceDb } from './serviceDb';

export interface ServicesOptions {
  db: ServiceDb;
  secrets: Secrets;
  /** Offers their tools. */
  offer: (entries: ToolEntry[]) => void;
  onState: (state: DrawingState & McpState) => void;
}

/** Reads what is stored of them, with the secrets, and offers their tools. */
export async function openServices({ db, secrets, offer, onState }: ServicesOptions) {
  const onChange = () => offer([...drawing.entries, ...mcp.entries]);
  const mcp = new McpServers({ db, onChange });
  const drawing = new Drawing({ db, secrets, onChange });
  for (const part of [mcp, drawing]) part.subscribe(() => onState({ ...drawing.state, ...mcp.state }));
  const read = async () => {
    const stored = await db.list().catch(() => null);
    for (const part of [secrets, drawing, mcp]) if (stored) part.take(stored);
    onChange();
  };
  db.onChange?.(() => void read()); // another tab has changed them
  await read();
  const clear = () => {
    drawing.clear();
    mcp.clear();
    onChange();
  };
  return { drawing, mcp, clear };
}
