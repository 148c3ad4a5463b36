// The results of a comparison in a file, written after every round, so that an interrupted run can resume.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Settings that the numbers depend on; rounds with other settings are never mixed in. */
export type Settings = Record<string, unknown>;

export interface Comparison {
  settings: Settings;
  /** The results already in the file, for a resumed run. */
  get<T>(key: string): T | undefined;
  /** Saves a part, and its table as Markdown. */
  save(key: string, value: unknown, markdown: string): void;
}

/** Git tree hashes of the engine's folders: rounds of another engine version are not comparable. */
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
 * @param file JSON; the tables go into a .md file beside it. Without it nothing is saved.
 * @throws if the file holds a comparison with other settings.
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
