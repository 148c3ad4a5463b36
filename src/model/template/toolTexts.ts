// How GLM-4's own format describes tools, for files without a template that does.
import type { ToolSpec } from '../../protocol/chat';
import type { PromptFormat } from '../modelFamily';
import { functionOf } from '../toolArgs';
import glm4 from './glm4Tools.json';

const BODIES: Partial<Record<ToolSpec['type'], string>> = glm4.bodies;

/**
 * The content of the system turn that describes the tools.
 * @param how glm4: an identity, and GLM-4's own tools in its own words; functions: every tool is a function, as in 0414
 */
export function describeTools(tools: readonly ToolSpec[], how: NonNullable<PromptFormat['tools']>): string {
  const head = how === 'glm4' ? `${glm4.identity}\n\n${glm4.heading}` : `${glm4.heading}\n`;
  const sections = tools.map((tool) => {
    const body = how === 'glm4' ? BODIES[tool.type] : undefined;
    const described = `${JSON.stringify(functionOf(tool), null, 4)}\n${glm4.afterFunction}`;
    return `${how === 'glm4' ? '\n' : ''}\n## ${tool.name}\n\n${body ?? described}`;
  });
  return head + sections.join('');
}
