// What the page can do with functions, their secrets, MCP servers and endpoints that draw.
import type { EngineClient } from '../../../client/engineClient';
import type { ToolDesk } from '../answers/toolDesk';
import type { ToolkitCommands } from '../state';
import type { Functions } from './functions';
import type { Secrets } from './secrets';
import type { ServicesDoor } from './servicesDoor';

interface Toolkit {
  functions: Functions;
  secrets: Secrets;
  services: ServicesDoor;
  tools: ToolDesk;
  client: Pick<EngineClient, 'call'>;
}

export function toolkitCommands({ functions, secrets, services, tools, client }: Toolkit): ToolkitCommands {
  const mcp = async () => (await services.open()).mcp;
  return {
    importFunctions: (file) => functions.import(file),
    reviewFunctions: (review) => functions.review(review),
    keepFunctions: (kept, insteadOf) => functions.keep(kept, insteadOf),
    exportFunctions: (names) => functions.export(names),
    tryFunction: (made, args, signal) => functions.try(made, args, signal),
    deleteFunction: (name) => functions.delete(name),
    dismissFunctionError: () => functions.dismissError(),
    saveSecret: (secret) => secrets.save(secret),
    deleteSecret: (name) => secrets.delete(name),
    saveDrawing: async (settings) => (await services.open()).drawing.save(settings),
    listMcp: async (draft, signal) => (await mcp()).list(draft, signal),
    signInMcp: async (draft, signal) => (await mcp()).signIn(draft, signal),
    saveMcp: async (draft, name, listing, chosen) => (await mcp()).save(draft, name, listing, chosen),
    deleteMcp: async (id) => (await mcp()).delete(id),
    readMcp: async (id, request) => (await mcp()).read(id, request),
    costOfTool: (spec) => tools.costOf(spec, client),
  };
}
