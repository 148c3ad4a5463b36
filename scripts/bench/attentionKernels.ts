// Times the attention of one layer at GLM-4-9B's shapes, in Node through Dawn: one token and a chunk over caches of
// several lengths and formats, with workgroup memory and, if the adapter has subgroups of 8, with broadcasts.
//
// Prints wall-clock milliseconds, and the process's CPU time divided by the cores, which other load disturbs less.
import { availableParallelism } from 'node:os';
import { openGpu, type Gpu } from '../../src/gpu/device';
import { Program, type Pass } from '../../src/gpu/program';
import { attention, attentionScratchShape } from '../../src/kernels/attention';
import { createKvLayer, kvLayerBytes, type KvFormat } from '../../src/kernels/kv';
import { SOFTWARE_TUNING } from '../../src/gpu/tuning';
import { encodeState, STATE_WORDS } from '../../src/kernels/state';
import { seeded } from '../../src/testing/random';
import { short, spread, table } from './statistics';
import { commandLine } from '../commandLine';
import { openDawn } from '../cli/dawn';

const { values } = commandLine(
  `VK_ICD_FILENAMES=…/lvp_icd.json node scripts/run.mjs scripts/bench/attentionKernels.ts [--lengths 512,2048,8192]
    [--tokens 1,64] [--formats f16,i8] [--rounds 5]`,
  {
    lengths: { type: 'string', default: '512,2048,8192' },
    tokens: { type: 'string', default: '1,64' },
    formats: { type: 'string', default: 'f16,i8' },
    rounds: { type: 'string', default: '5' },
  },
);
const numbers = (text: string) => text.split(',').map(Number);
const [numHeads, numKvHeads, headDim] = [32, 2, 128];

interface Contender {
  name: string;
  body: (pass: Pass) => void;
}

/** Runs the programs interleaved; returns the minimum CPU time and the median wall-clock time of each. */
async function race(gpu: Gpu, contenders: Contender[]): Promise<{ cpuMs: number; ms: number }[]> {
  const programs: Program[] = [];
  for (const { name, body } of contenders) programs.push(await Program.record(gpu, name, body).prepare());
  const runs = programs.map(() => ({ cpu: [] as number[], clock: [] as number[] }));
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [i, program] of programs.entries()) {
      const [cpu, started] = [process.cpuUsage(), performance.now()];
      gpu.submit([program]);
      await gpu.idle();
      const clock = performance.now() - started;
      const { user, system } = process.cpuUsage(cpu);
      if (round < 0) continue; // compiles
      runs[i].clock.push(clock);
      runs[i].cpu.push((user + system) / 1000 / availableParallelism());
    }
  }
  for (const program of programs) program.destroy();
  return runs.map(({ cpu, clock }) => ({ cpuMs: Math.min(...cpu), ms: spread(clock).median }));
}

async function attentions(gpu: Gpu): Promise<string[][]> {
  const rows: string[][] = [];
  for (const length of numbers(values.lengths)) {
    for (const T of numbers(values.tokens)) {
      const q = gpu.createTensor('q', [T, numHeads * headDim]);
      gpu.write(q, new Uint8Array(seeded(T).normal(T * numHeads * headDim).buffer as ArrayBuffer));
      const y = gpu.createTensor('y', [T, numHeads * headDim]);
      const state = gpu.createTensor('state', [STATE_WORDS], 'u32');
      gpu.write(state, encodeState({ slot: length - T, counter: 0 }));
      const scratchShape = attentionScratchShape({ numHeads, headDim, maxLength: length });
      const scratch = gpu.createTensor('scratch', scratchShape);
      const formats = values.formats.split(',') as KvFormat[];
      const caches = formats.map((format) =>
        createKvLayer(gpu, format, { format, capacity: length, numKvHeads, headDim }),
      );
      const variants = gpu.adapter.subgroupSize === 8 ? [0, 8] : [0];
      const contenders = caches.flatMap((kv) =>
        variants.map((broadcastLanes) => ({
          kv,
          name: broadcastLanes ? 'attention_broadcast' : 'attention',
          body: (pass: Pass) => {
            const tuning = { ...SOFTWARE_TUNING, broadcastLanes };
            attention({ ...pass, tuning }, { q, kv, state, y, numHeads, scratch });
          },
        })),
      );
      const times = await race(gpu, contenders);
      for (const [i, { cpuMs, ms }] of times.entries()) {
        const { kv, name } = contenders[i];
        const flop = 4 * T * (length - (T - 1) / 2) * numHeads * headDim;
        rows.push([
          ...[String(length), String(T), name, kv.format, short(kvLayerBytes(kv) / 1e6), short(ms)],
          ...[short(cpuMs), short(flop / cpuMs / 1e6)],
        ]);
      }
      for (const { buffer } of [q, y, state, scratch, ...caches.flatMap(({ k, v }) => [k, v])])
        gpu.destroyBuffer(buffer);
    }
  }
  return rows;
}

const api = await openDawn();
const gpu = await openGpu(api);
process.stdout.write(`${gpu.adapter.description}, subgroups of ${gpu.adapter.subgroupSize}\n\n`);
const head = ['positions', 'tokens', 'kernel', 'cache', 'MB', 'ms', 'CPU ms / cores', 'GFLOP/s'];
process.stdout.write(`attention of one layer\n${table(head, await attentions(gpu))}\n`);
process.exit(api ? 0 : 1); // keeps the API object alive: it must outlive its devices
