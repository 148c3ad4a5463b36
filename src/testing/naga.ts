// Runs the command line of naga, the WGSL compiler of Firefox and wgpu, on many texts.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The oldest targets that support the texts. Bounds checks are those of wgpu; naga's default, Unchecked, generates other
 * code.
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
 * Directives that naga 30 rejects although it supports the functions ("not yet supported", gfx-rs/wgpu#5555); they are
 * removed from the texts. Firefox has no adapter feature `subgroups`, so it never compiles such a text. Delete this once
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
 * @returns naga's messages for texts that it rejects or panics on: 'name: message'
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

/** The output of a failed command; undefined if it succeeded. */
function run(command: string, args: string[]): Promise<string | undefined> {
  return new Promise((resolve) =>
    execFile(command, args, (error, _stdout, stderr) => resolve(error ? stderr || error.message : undefined)),
  );
}
