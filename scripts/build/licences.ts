// Vite plugin: writes the licences of all bundled packages into the build, as their authors ask.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';
import { pythonLicences } from '../python/licences.ts';

const FILE = 'licences.txt';
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

interface Package {
  name: string;
  version: string;
  licence: string;
  /** Text of the package's licence files; '' without any. */
  text: string;
}

/** The folder of the package that a bundled file belongs to; undefined for our own files. */
function packageFolder(id: string): string | undefined {
  const path = id.replace(/^\0/, '').replace(/\?.*$/, '');
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
  return match?.[1];
}

function readPackage(folder: string): Package | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { name, version, license } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const texts = readdirSync(folder)
    .filter((name) => LICENCE.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());
  return { name: String(name), version: String(version), licence: String(license), text: texts.join('\n\n') };
}

export function licencesText(packages: Package[]): string {
  const sections = packages
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, licence, text }) =>
      [`${name} ${version}: ${licence}`, text].filter(Boolean).join('\n\n'),
    );
  const head = 'This app is licensed under Apache-2.0. It contains these packages:';
  return [head, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

/**
 * `page` belongs into the plugins of the build, `worker` into those of its workers, which are bundles of their own and
 * are built first.
 */
export function licences(): { page: Plugin; worker: Plugin } {
  const folders = new Set<string>();
  const collect = (bundle: Rolldown.OutputBundle) => {
    for (const part of Object.values(bundle)) {
      if (part.type !== 'chunk') continue;
      for (const id of part.moduleIds) {
        const folder = packageFolder(id);
        if (folder) folders.add(folder);
      }
    }
  };
  return {
    worker: {
      name: 'licences of workers',
      generateBundle: (_, bundle) => collect(bundle),
    },
    page: {
      name: 'licences',
      apply: 'build',
      generateBundle(_, bundle) {
        collect(bundle);
        const packages = [
          ...pythonLicences(),
          ...[...folders].flatMap((folder) => readPackage(folder) ?? []),
        ];
        this.emitFile({ type: 'asset', fileName: FILE, source: licencesText(packages) });
      },
    },
  };
}
