// The tools that come with the app.
import type { ToolEntry } from './registry';

export const builtInTools = (): ToolEntry[] => [];
