// Jinja templates of files, run within bounds: a file comes from anywhere, and rendering must neither hang nor exhaust memory.
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';

/** GLM's longest published template has 14,000 characters. */
const MAX_TEMPLATE_CHARS = 65_536;
/** Evaluated nodes; a chat of 1,000 turns takes about 100,000. */
const MAX_STEPS = 1_000_000;
const MAX_MS = 5_000;
/** Characters in any text that a template makes. */
const MAX_CHARS = 16_777_216;
const MAX_ITEMS = 1_000_000;
/** Numbers of a template; they are counts and indents. */
const MAX_NUMBER = 1_000_000;

type Evaluate = Interpreter['evaluate'];

/** Stops a template that computes too long or too much. */
class BoundedInterpreter extends Interpreter {
  private steps = 0;
  private readonly until = performance.now() + MAX_MS;

  constructor(
    environment: Environment,
    private readonly maxSteps: number,
  ) {
    super(environment);
  }

  override evaluate(...args: Parameters<Evaluate>): ReturnType<Evaluate> {
    this.steps++;
    if (this.steps > this.maxSteps) throw new Error(`more than ${this.maxSteps} steps`);
    if (this.steps % 256 === 0 && performance.now() > this.until) throw new Error(`longer than ${MAX_MS} ms`);
    const result = super.evaluate(...args);
    const { value } = result as { value: unknown };
    if (typeof value === 'string' && value.length > MAX_CHARS)
      throw new Error(`more than ${MAX_CHARS} characters`);
    if (Array.isArray(value) && value.length > MAX_ITEMS) throw new Error(`more than ${MAX_ITEMS} items`);
    if (typeof value === 'number' && Math.abs(value) > MAX_NUMBER)
      throw new Error(`a number above ${MAX_NUMBER}`);
    return result;
  }
}

/** Renders a template with these variables, as `transformers` does (trim_blocks, lstrip_blocks). @throws Error */
export type Render = (variables: Record<string, unknown>, maxSteps?: number) => string;

/** Compiles a template. @throws Error for one that is too long or no Jinja */
export function compileTemplate(template: string): Render {
  if (template.length > MAX_TEMPLATE_CHARS) throw new Error(`more than ${MAX_TEMPLATE_CHARS} characters`);
  const program = parse(tokenize(template, { trim_blocks: true, lstrip_blocks: true }));
  return (variables, maxSteps = MAX_STEPS) => {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...GLOBALS, ...variables })) environment.set(name, value);
    return (new BoundedInterpreter(environment, maxSteps).run(program) as { value: string }).value;
  };
}

/** Those of the package, whose own setup is not exported, but for a clock: the same chat makes the same prompt. */
const GLOBALS = {
  ...{ true: true, True: true, false: false, False: false, none: null, None: null },
  raise_exception(why: string) {
    throw new Error(why);
  },
  range(start: number, stop?: number, step = 1) {
    const [first, end] = stop === undefined ? [0, start] : [start, stop];
    const length = Math.max(0, Math.ceil((end - first) / step));
    if (!(length <= 10_000)) throw new Error(`range of ${length}`);
    return Array.from({ length }, (_, i) => first + i * step);
  },
};
