// Shared by the commands: argument parsing, --help, and error output.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError } from '../src/shared/errors';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: T }>
>;

export interface CommandLine<T extends Options> {
  values: Parsed<T>['values'];
  positionals: string[];
  /** An error for invalid arguments: the reason and the usage. */
  refusal(why: string): AppError;
}

/**
 * Parses the arguments with node:util. With --help it prints the usage to stdout and exits; with unknown options it prints
 * the usage to stderr and exits with status 1. Any later uncaught error also exits with status 1.
 * @param usage the command's syntax and options
 */
export function commandLine<const T extends Options>(usage: string, options: T): CommandLine<T> {
  const args = process.argv.slice(2).filter((arg) => arg !== '--'); // npm's separator
  if (args.includes('--help')) {
    process.stdout.write(`usage: ${usage}\n`);
    process.exit(0);
  }
  process.once('uncaughtException', fail);
  const refusal = (why: string) => new AppError('bad-request', `${why}\nusage: ${usage}`, { why });
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    return { values, positionals, refusal };
  } catch (error) {
    return fail(refusal((error as Error).message));
  }
}

/**
 * Runs a command and exits once its output is written, even if handles are still open. Await it at the top of the program:
 * scripts/run.mjs closes Vite's server once the program is loaded, and later imports would wait for ever.
 */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  await main().catch(fail);
  process.stdout.write('', () => process.exit(0));
}

/** Prints the error to stderr; unexpected errors include the stack. */
function fail(error: unknown): never {
  const known = error instanceof AppError && error.code !== 'bug';
  const stack = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${known ? `${error.code}: ${error.message}` : stack}\n`);
  process.exit(1);
}
