// Every kernel that a device may run under some tuning, checked in small batches.
import type { Gpu } from '../gpu/device';
import type { KernelTuning } from '../gpu/tuning';
import { judgeKernels, type ModelFacts } from '../kernels/check/judge';
import { everyTuning } from '../kernels/tuning';
import { collectKernels, recordChoices, type Verdict } from '../kernels/variants';
import { WEIGHT_FORMATS } from '../shared/weightLayout';
import { ARCHITECTURES } from './architecture';
import { E5_SMALL, recordEveryEmbedder } from './embedder/variants';
import { EYES_9B, EYES_OCR, recordEveryTower } from './eyes/variants';
import { everyModel, KV_FORMATS, recordPasses } from './kernelVariants';

/** Kernels at a time: few, so that a stop is quick and progress is seen. */
const BATCH = 12;

/**
 * Verdicts of all kernels of the published models and towers, in batches; `total` kernels in all. The device's own tuning comes first.
 * @throws AppError device-lost, out-of-gpu-memory
 */
export async function* judgeEverything(
  gpu: Gpu,
): AsyncGenerator<{ verdicts: Map<string, Verdict>; total: number }, void> {
  const models = everyModel();
  const tunings = [gpu.tuning, ...everyTuning().filter((tuning) => isPossible(gpu, tuning))];
  const judged = new Set<string>();
  const known: Record<string, Verdict> = {};
  const plans = tunings.map((tuning) => {
    const used = collectKernels(tuning, (pass) => {
      recordChoices(pass);
      for (const model of models) recordPasses(pass, model);
      recordEveryTower(pass);
      recordEveryEmbedder(pass);
    });
    const names = [...used.keys()].filter((name) => !judged.has(name));
    for (const name of names) judged.add(name);
    return { tuning, names };
  });
  const total = judged.size;
  // A kernel that no case reaches under the first tuning that uses it is reached under another: the embedder reads floats by
  // kernels that models use with codes.
  let left: string[] = [];
  for (const { tuning, names } of plans) {
    left = [...left, ...names];
    for (const facts of everyFacts()) {
      for (let at = 0; at < left.length; at += BATCH) {
        const wanted = new Set(left.slice(at, at + BATCH));
        const found = await judgeKernels(gpu, { tuning, facts, wanted, known });
        const verdicts = new Map([...found].filter(([name]) => wanted.has(name)));
        Object.assign(known, Object.fromEntries(verdicts));
        if (verdicts.size > 0) yield { verdicts, total };
        left = left.filter((name) => !verdicts.has(name));
        at -= verdicts.size; // the others move up
      }
    }
  }
}

function isPossible({ adapter, device }: Gpu, { subgroupLanes, broadcastLanes }: KernelTuning): boolean {
  const hasLanes = subgroupLanes === 0 || device.features.has('subgroups');
  return hasLanes && (broadcastLanes === 0 || broadcastLanes === adapter.subgroupSize);
}

/** The head sizes of every published model and tower, over every format of the cache; weights of every format. */
export function everyFacts(): ModelFacts[] {
  const towers = [EYES_9B, EYES_OCR].map(({ numHeads, headDim }) => ({
    ...{ numHeads, numKvHeads: numHeads, headDim, ropeDims: headDim, ropePairing: 'half' as const },
  }));
  const all = [...ARCHITECTURES.map(({ published }) => published), towers].flatMap((published) =>
    published.flatMap(({ numHeads, numKvHeads, headDim, ropeDims, ropePairing }) =>
      KV_FORMATS.map((kvFormat): ModelFacts => {
        const heads = { numHeads, numKvHeads, headDim, ropeDims, ropePairing };
        return { formats: WEIGHT_FORMATS, kvFormat, ...heads };
      }),
    ),
  );
  const { numHeads, headDim } = E5_SMALL;
  // The encoder of embedding models keeps floats, and turns nothing: two dimensions by angles of zero.
  all.push({
    ...{ formats: WEIGHT_FORMATS, kvFormat: 'f32', numHeads, numKvHeads: numHeads, headDim },
    ...{ ropeDims: 2, ropePairing: 'half' },
  });
  return [...new Map(all.map((facts) => [JSON.stringify(facts), facts])).values()];
}
