// The engine in Node, over Dawn: for machines with a GPU and no screen. Weights stay in memory.
import { openAsBlob, readdirSync } from 'node:fs';
import path from 'node:path';
import type { EngineCalls } from '../src/protocol/engine';
import type { KeptTuning } from '../src/model/tuneDevice';
import { Engine, type EngineEnvironment } from '../src/runtime/engine';
import { memoryCache } from '../src/weights/cache';
import { memoryStore } from '../src/weights/storage';
import type { CliEngine } from './cliEngine';

/** The file itself, or every part of its split set. */
async function openFiles(file: string): Promise<File[]> {
  const split = /^(.*)-\d{5}-of-(\d{5})\.gguf$/.exec(path.basename(file));
  const folder = path.dirname(file);
  const names = split
    ? readdirSync(folder).filter(
        (name) => name.startsWith(`${split[1]}-`) && name.endsWith(`-of-${split[2]}.gguf`),
      )
    : [path.basename(file)];
  return Promise.all(names.map(async (name) => new File([await openAsBlob(path.join(folder, name))], name)));
}

/** @throws AppError no-adapter where Dawn finds no Vulkan, Metal or D3D12 driver. */
export async function openInDawn({
  rehearsal,
}: Pick<EngineEnvironment, 'rehearsal'> = {}): Promise<CliEngine> {
  const dawn = await import('webgpu');
  Object.assign(globalThis, dawn.globals);
  const environment = { cache: memoryCache(), tunings: memoryStore<string, KeptTuning>() };
  const engine = new Engine({ gpuApi: dawn.create([]), ...environment, rehearsal });
  const never = () => new AbortController().signal; // one for each call: a call leaves listeners on it
  const calls = {
    device: () => engine.describeDevice(),
    unload: async () => (await engine.unload(), null),
    generate: (request: never, onEvent: never) => engine.generate(request, onEvent, never()),
    load: ({ source, options }: EngineCalls['load']['args'], onEvent: never) =>
      engine.load(source, options ?? {}, onEvent, never()),
    tokenize: (args: never) => engine.tokenize(args, never()),
    logits: (args: never) => engine.logits(args, never()),
    benchTurn: (args: never) => engine.benchTurn(args, never()),
    benchStream: () => engine.benchStream(never()),
    benchPass: (args: never) => engine.benchPass(args, () => undefined, never()),
    probe: () => engine.probe(),
  };
  return {
    sourceOf: async (file) => ({ kind: 'files', files: await openFiles(file) }),
    call: ((name: keyof typeof calls, args: never, onEvent: never = (() => {}) as never) =>
      calls[name](args, onEvent)) as unknown as CliEngine['call'],
    async close() {
      await engine.unload();
    },
  };
}
