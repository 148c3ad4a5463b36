// The engine in Node, over Dawn, for machines with a GPU and no screen. Weights stay in memory.
import { fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import type { KeptTuning } from '../../src/model/tuningStore';
import { Engine, type EngineEnvironment } from '../../src/runtime/engine';
import { callHandlers, runCall } from '../../src/runtime/engineCalls';
import { memoryCache } from '../../src/weights/stored/cache';
import { memoryStore } from '../../src/weights/stored/storage';
import type { CliEngine } from './cliEngine';
import { offerCommonJs } from '../commonJs';
import { openDawn } from './dawn';
import { revived } from './pictures';

/** A file on disk, read when sliced. Node's own file Blobs have 32-bit sizes. */
class DiskFile extends File {
  private readonly descriptor: number;

  constructor(file: string) {
    super([], path.basename(file));
    this.descriptor = openSync(file, 'r');
  }

  override get size(): number {
    return fstatSync(this.descriptor).size;
  }

  override slice(start = 0, end = this.size): Blob {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.size) - start));
    return new Blob([bytes.subarray(0, readSync(this.descriptor, bytes, 0, bytes.length, start))]);
  }
}

/** The file itself, or every part of its split set. */
function openFiles(file: string): File[] {
  const split = /^(.*)-\d{5}-of-(\d{5})\.gguf$/.exec(path.basename(file));
  const folder = path.dirname(file);
  const names = split
    ? readdirSync(folder).filter(
        (name) => name.startsWith(`${split[1]}-`) && name.endsWith(`-of-${split[2]}.gguf`),
      )
    : [path.basename(file)];
  return names.map((name) => new DiskFile(path.join(folder, name)));
}

/**
 * @param wrap replaces the GPU; a benchmark uses it to delay results.
 * @throws AppError no-adapter if Dawn finds no Vulkan, Metal or D3D12 driver.
 */
export async function openInDawn({
  policies,
  wrap = (api) => api,
}: Pick<EngineEnvironment, 'policies'> & { wrap?: (api: GPU) => GPU } = {}): Promise<CliEngine> {
  offerCommonJs();
  const environment = { cache: memoryCache(), tunings: memoryStore<string, KeptTuning>() };
  const engine = new Engine({ gpuApi: wrap(await openDawn()), ...environment, policies });
  const handlers = callHandlers(engine);
  return {
    sourceOf: (file) => Promise.resolve({ kind: 'files', files: openFiles(file) }),
    call(name, args, onEvent = () => undefined) {
      const { signal } = new AbortController(); // one per call: each call adds listeners to it
      return runCall(handlers, name, revived(args), { signal, onEvent });
    },
    async close() {
      await engine.unload();
    },
  };
}
