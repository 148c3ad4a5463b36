// Times the towers of published models at full width, with zeros for weights: their values do not change the time.
import type { Gpu } from '../../src/gpu/device';
import { Program, type Pass } from '../../src/gpu/program';
import type { WeightMatrix } from '../../src/gpu/tensor';
import {
  chunkSizeFor,
  chunksOf,
  chunkStates,
  createEyesActivations,
  eyesActivationBytes,
} from '../../src/model/eyes/activations';
import { patchAngles } from '../../src/model/eyes/angles';
import type { EyesConfig } from '../../src/model/eyes/config';
import { recordTower } from '../../src/model/eyes/forward';
import { patchGrid } from '../../src/model/eyes/pixels/patches';
import { smartResize, type Size } from '../../src/model/eyes/pixels/smartResize';
import { bindEyes, planEyes } from '../../src/model/eyes/tensors';
import { numTiles, tileBytes, tilesPerChunk } from '../../src/shared/weightLayout';

const FORMAT = 'q8' as const;

/** Times every dispatch of a tower by itself; a few layers stand for all of them. @returns lines of text */
export async function timeTower(
  gpu: Gpu,
  { published, picture, layers }: { published: EyesConfig; picture: Size; layers: number },
): Promise<string[]> {
  const config = { ...published, numLayers: layers };
  const size = smartResize(picture, { maxTokens: 7500 });
  const grid = patchGrid(size);
  const numPatches = grid.rows * grid.columns;
  const chunkSize = chunkSizeFor(numPatches, gpu.adapter.software);
  const sizes = { numPatches, chunkSize, kvFormat: 'f16' as const };
  const plan = new Map(planEyes(config, new Map()).map((tensor) => [tensor.name, tensor]));
  const weights = bindEyes(config, {
    vector: (name) => gpu.createTensor(name, plan.get(name)?.shape ?? []),
    matrix(name): WeightMatrix {
      const [rows, cols] = plan.get(name)?.shape ?? [];
      const interleaved = plan.get(name)?.interleaved ?? false;
      const total = numTiles(rows, interleaved);
      const perChunk = tilesPerChunk(FORMAT, rows, cols, interleaved);
      const chunks = Array.from({ length: Math.ceil(total / perChunk) }, (_, i) => {
        const count = Math.min(perChunk, total - i * perChunk);
        const tensor = gpu.createTensor(name, [(count * tileBytes(FORMAT, cols)) / 4], 'u32');
        return { firstTile: i * perChunk, numTiles: count, tensor };
      });
      return { label: name, rows, cols, format: FORMAT, interleaved, chunks };
    },
  });
  const activations = createEyesActivations(gpu, config, sizes);
  const chunks = chunksOf(numPatches, chunkSize);
  gpu.write(activations.angles, patchAngles(grid, config.headDim));
  gpu.write(activations.states, chunkStates(chunks, numPatches));
  const names: string[] = [];
  const program = Program.record(gpu, 'eyes', (pass) => {
    const named: Pass = {
      tuning: pass.tuning,
      dispatch(kernel, args) {
        names.push(args.label ?? kernel.name);
        pass.dispatch(kernel, args);
      },
    };
    recordTower(named, { config, weights }, { activations, grid, chunks, endStep: () => undefined });
  });
  await program.prepare();
  const spent = new Map<string, { ms: number; count: number; longest: number }>();
  for (const [i, name] of names.entries()) {
    const started = performance.now();
    gpu.submit([program.pick([i])]);
    await gpu.idle();
    const ms = performance.now() - started;
    const key = name.replace(/^E\d+\./, 'layer.');
    const entry = spent.get(key) ?? { ms: 0, count: 0, longest: 0 };
    spent.set(key, { ms: entry.ms + ms, count: entry.count + 1, longest: Math.max(entry.longest, ms) });
  }
  const { hiddenSize: H, ffnSize: F, outSize: D, mergerSize: M, numLayers: L } = config;
  const layerFlop = 2 * numPatches * (4 * H * H + 3 * H * F) + 4 * numPatches ** 2 * H;
  const mergerFlop = 2 * (numPatches / 4) * (4 * H * D + D * D + 3 * D * M);
  const layerMs =
    [...spent].filter(([key]) => key.startsWith('layer.')).reduce((sum, [, { ms }]) => sum + ms, 0) / L;
  const otherMs = [...spent]
    .filter(([key]) => !key.startsWith('layer.'))
    .reduce((sum, [, { ms }]) => sum + ms, 0);
  const flop = published.numLayers * layerFlop + mergerFlop;
  const seconds = (published.numLayers * layerMs + otherMs) / 1000;
  return [
    ...[...spent].map(
      ([key, { ms, count, longest }]) =>
        `${key}: ${(ms / count).toFixed(1)} ms × ${count}, longest ${longest.toFixed(0)} ms`,
    ),
    `${gpu.name}: ${size.width} × ${size.height}, ${numPatches} patches in chunks of ${chunkSize}, ` +
      `${(eyesActivationBytes(config, sizes) / 1e6).toFixed(0)} MB of activations`,
    `${published.numLayers} layers: ${seconds.toFixed(1)} s, ${(flop / 1e12).toFixed(1)} TFLOP, ` +
      `${(flop / seconds / 1e12).toFixed(3)} TFLOP/s`,
  ];
}
