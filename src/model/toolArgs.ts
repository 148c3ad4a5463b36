// GLM-4's own tools where a prompt describes them as functions: their only argument.
import type { CallPart, ToolSpec } from '../protocol/chat';
import type { TemplateStyle } from './chatPieces';
import type { PromptFormat } from './modelFamily';

/** An argument that holds all a tool of GLM-4's own takes, where it is described as a function. */
const ARGUMENT: Partial<Record<ToolSpec['type'], string>> = {
  python: 'code',
  simple_browser: 'action',
  cogview: 'prompt',
};

/** The object that describes a function to a model. */
export function functionOf({ type, name, description, parameters }: ToolSpec): Record<string, unknown> {
  const argument = ARGUMENT[type];
  const whole = argument && {
    type: 'object',
    properties: { [argument]: { type: 'string' } },
    required: [argument],
  };
  return { name, description, parameters: parameters ?? whole ?? { type: 'object', properties: {} } };
}

/**
 * GLM-4's own tools that a prompt describes as functions: a call of theirs is JSON.
 * @param known those that it describes by their type, or how the family's own format describes tools
 */
export function asFunctions(known: TemplateStyle['builtIn'] | PromptFormat['tools']): ReadonlySet<string> {
  if (known === 'glm4') return new Set();
  const types = Object.keys(ARGUMENT) as ToolSpec['type'][];
  return new Set(types.filter((type) => typeof known !== 'object' || !known.has(type)));
}

/** The arguments of a call as the model writes them. */
export function writtenArgs({ tool, args }: CallPart, functions: ReadonlySet<string>): string {
  const argument = ARGUMENT[tool as ToolSpec['type']];
  return argument && functions.has(tool) ? `{"${argument}": ${JSON.stringify(args)}}` : args;
}
