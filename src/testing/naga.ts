// naga, the WGSL compiler of Firefox and of wgpu, as a command line: what it says about many texts.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The oldest targets that have what the texts use; bounds are checked as wgpu has them checked: its default, Unchecked,
 * writes other code.
 */
const OPTIONS = [
  ['--index-bounds-check-policy', 'Restrict'],
  ['--capabilities', 'all'],
  ['--spirv-version', '1.3'],
  ['--metal-version', '2.4'],
  ['--shader-model', '60'],
].flat();
const OUTPUTS = ['spv', 'metal', 'hlsl'];

/**
 * Directives that naga 30 refuses although it knows the functions ("not yet supported", gfx-rs/wgpu#5555): the texts are
 * judged without them. Firefox has no adapter feature `subgroups`, so it is never given such a text. Delete this once
 * naga accepts `enable subgroups;`.
 */
const REFUSED_DIRECTIVES = /^enable subgroups;$/m;

export interface NagaText {
  name: string;
  wgsl: string;
}

/**
 * Translates every text to SPIR-V, MSL and HLSL.
 * @param naga path of the command
 * @returns what it says about the texts that it refuses or panics on: 'name: words'
 */
export async function refusedByNaga(naga: string, texts: readonly NagaText[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'naga-'));
  const refused: string[] = [];
  const waiting = [...texts];
  const work = async (worker: number) => {
    const file = (extension: string) => join(folder, `${worker}.${extension}`);
    for (let text = waiting.pop(); text; text = waiting.pop()) {
      await writeFile(file('wgsl'), text.wgsl.replace(REFUSED_DIRECTIVES, ''));
      const words = await run(naga, [...OPTIONS, file('wgsl'), ...OUTPUTS.map(file)]);
      if (words !== undefined) refused.push(`${text.name}: ${words}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, (_, worker) => work(worker)));
  await rm(folder, { recursive: true });
  return refused.sort();
}

/** What a command that failed wrote; undefined when it succeeded. */
function run(command: string, args: string[]): Promise<string | undefined> {
  return new Promise((resolve) =>
    execFile(command, args, (error, _stdout, stderr) => resolve(error ? stderr || error.message : undefined)),
  );
}
