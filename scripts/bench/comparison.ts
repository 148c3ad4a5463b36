// What a comparison has found so far, in a file: written after every round, so that a run that was cut short goes on.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Of what the numbers depend; rounds of other settings are never mixed in. */
export type Settings = Record<string, unknown>;

export interface Comparison {
  settings: Settings;
  /** Lets a run that goes on know what the file already holds. */
  get<T>(key: string): T | undefined;
  /** Keeps a part, and its table as Markdown. */
  save(key: string, value: unknown, markdown: string): void;
}

/** Git's names of the trees that the engine is made of: rounds of another engine are another comparison. */
export function engineVersion(): string {
  const trees = ['src/kernels', 'src/model', 'src/runtime', 'src/gpu', 'shaders'];
  try {
    const args = ['rev-parse', ...trees.map((tree) => `HEAD:${tree}`)];
    const names = execFileSync('git', args, { encoding: 'utf8' }).trim().split('\n');
    return names.map((name) => name.slice(0, 7)).join(' ');
  } catch {
    return 'not in a git checkout';
  }
}

/**
 * @param file JSON; its tables stand beside it as .md. Nothing is kept without it.
 * @throws when the file holds a comparison with other settings.
 */
export function openComparison(file: string | undefined, settings: Settings): Comparison {
  const tables = new Map<string, string>();
  let report: Record<string, unknown> = { date: new Date().toISOString(), settings };
  if (file && existsSync(file)) {
    const earlier = JSON.parse(readFileSync(file, 'utf8')) as { settings?: Settings };
    if (JSON.stringify(earlier.settings) !== JSON.stringify(settings)) {
      const [was, is] = [earlier.settings, settings].map((some) => JSON.stringify(some));
      throw new Error(
        `${file} holds a comparison with other settings: delete it or name another.\n${was}\n${is}`,
      );
    }
    report = earlier;
  }
  return {
    settings,
    get: <T>(key: string) => report[key] as T | undefined,
    save(key, value, markdown) {
      report[key] = value;
      tables.set(key, markdown);
      if (!file) return;
      writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
      writeFileSync(file.replace(/(\.json)?$/, '.md'), `${[...tables.values()].join('\n\n')}\n`);
    },
  };
}
