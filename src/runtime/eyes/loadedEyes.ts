// The eyes of a model on the GPU: from a picture's pixels to rows of embeddings.
import type { Gpu } from '../../gpu/device';
import type { Pass } from '../../gpu/program';
import { Program } from '../../gpu/program';
import type { EyesActivations, EyesModel, Pixels } from '../../model/eyes';
import { openEyesCode } from '../../model/architecture';
import type { ModelCache, ModelManifest } from '../../weights/types';
import type { LoadedWeights } from '../../weights/upload/uploader';
import { uploadModel } from '../../weights/upload/uploader';
import { defaultKvFormat, tensorMap } from '../modelInfo';
import type { Resident } from '../residents';
import { whenAborted } from '../whenAborted';

/** Aim of a submit: the longest that Stop and other users of the GPU wait, twice. */
const SUBMIT_MS = 50;
const SUBMITS_AHEAD = 2;

type EyesCode = Awaited<ReturnType<typeof openEyesCode>>;

export interface EyesFiles {
  manifest: ModelManifest;
  cache: ModelCache;
  /** Packs a damaged shard again. */
  repair: (index: number) => Promise<Uint8Array<ArrayBuffer>>;
}

export interface SeeOptions {
  signal?: AbortSignal;
  onFraction?: (fraction: number) => void;
}

/** How long the pictures so far took. */
export interface EyesTimes {
  pictures: number;
  patches: number;
  ms: number;
}

export class LoadedEyes implements Resident {
  readonly times: EyesTimes = { pictures: 0, patches: 0, ms: 0 };
  private looking = 0;

  private constructor(
    private readonly code: EyesCode,
    private readonly gpu: Gpu,
    private readonly model: EyesModel,
    private readonly weights: LoadedWeights,
    readonly manifest: ModelManifest,
    readonly releaseLock: () => void,
  ) {}

  /** @throws AppError cache-damaged, out-of-gpu-memory and others; the signal's reason */
  static async load(
    { manifest, cache, repair }: EyesFiles,
    { gpu, signal, releaseLock }: { gpu: Gpu; signal: AbortSignal; releaseLock: () => void },
  ): Promise<LoadedEyes> {
    try {
      const code = await openEyesCode();
      const config = code.readEyesConfig(manifest.metadata, tensorMap(manifest));
      const weights = await uploadModel({ gpu, manifest, cache, signal, repair });
      const model = { config, weights: code.bindEyes(config, weights) };
      return new LoadedEyes(code, gpu, model, weights, manifest, releaseLock);
    } catch (error) {
      releaseLock();
      throw error;
    }
  }

  /** As a loaded model names itself. */
  get info(): { id: string } {
    return this.manifest;
  }

  /** Width of the rows: that of the text model. */
  get rowLength(): number {
    return this.model.config.outSize;
  }

  /**
   * The rows of a picture, whose size smartResize() has chosen: one per merged patch. All memory but the weights is given
   * back when it ends.
   * @throws AppError out-of-gpu-memory, device-lost; the signal's reason, at once
   */
  async see(picture: Pixels, { signal, onFraction }: SeeOptions = {}): Promise<Float32Array<ArrayBuffer>> {
    this.looking++;
    return this.look(picture, { signal, onFraction }).finally(() => this.looking--);
  }

  /** A picture is being looked at: they must not be freed. */
  get isBusy(): boolean {
    return this.looking > 0;
  }

  private async look(
    picture: Pixels,
    { signal, onFraction }: SeeOptions,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { code, gpu, model } = this;
    const started = performance.now();
    const grid = code.patchGrid(picture);
    const numPatches = grid.rows * grid.columns;
    const chunkSize = code.chunkSizeFor(numPatches, gpu.adapter.software);
    const sizes = { numPatches, chunkSize, kvFormat: defaultKvFormat(this.manifest) };
    const bytes = code.eyesActivationBytes(model.config, sizes);
    const activations = await gpu.allocate(`a picture of ${numPatches} patches`, bytes, () =>
      code.createEyesActivations(gpu, model.config, sizes),
    );
    const chunks = code.chunksOf(numPatches, chunkSize);
    const steps: number[][] = [[]];
    const program = Program.record(gpu, 'eyes', (pass) => {
      let index = 0;
      const counting: Pass = {
        tuning: pass.tuning,
        dispatch(kernel, args) {
          steps.at(-1)?.push(index++);
          pass.dispatch(kernel, args);
        },
      };
      code.recordTower(counting, model, { activations, grid, chunks, endStep: () => steps.push([]) });
    });
    try {
      gpu.write(activations.angles, code.patchAngles(grid, model.config.headDim));
      gpu.write(activations.states, code.chunkStates(chunks, numPatches));
      await program.prepare();
      const bringPatches = (step: number): void => {
        const chunk = chunks[step];
        const range = { from: chunk.first, count: chunk.count, rowLength: code.PATCH_ROW };
        gpu.write(activations.patches, code.patchRows(picture, model.config.pixels, range));
      };
      await this.runSteps(program, steps, { numChunks: chunks.length, bringPatches, signal, onFraction });
      const rows = new Float32Array(await gpu.read(activations.features));
      this.times.pictures++;
      this.times.patches += numPatches;
      this.times.ms += performance.now() - started;
      return rows;
    } finally {
      program.destroy();
      this.free(activations);
    }
  }

  /** Submits the steps in order, as many at once as take {@link SUBMIT_MS}. The first ones each have patches of their own. */
  private async runSteps(
    program: Program,
    steps: readonly number[][],
    args: SeeOptions & { numChunks: number; bringPatches: (step: number) => void },
  ): Promise<void> {
    const { gpu } = this;
    const { numChunks, bringPatches, signal, onFraction } = args;
    const stopped = whenAborted(signal);
    const running: Promise<void>[] = [];
    let perSubmit = 1;
    let lastDone = performance.now();
    for (let step = 0; step < steps.length;) {
      const count = step < numChunks ? 1 : Math.min(perSubmit, steps.length - step);
      if (step < numChunks) bringPatches(step);
      gpu.submit([program.pick(steps.slice(step, step + count).flat())]);
      const done = gpu.idle();
      done.catch(() => undefined); // reported when its turn comes
      running.push(done);
      step += count;
      while (running.length > SUBMITS_AHEAD || (step === steps.length && running.length > 0)) {
        await Promise.race([running.shift(), stopped]);
        const now = performance.now();
        if (now - lastDone < SUBMIT_MS / 2) perSubmit *= 2;
        else if (now - lastDone > SUBMIT_MS) perSubmit = Math.max(1, perSubmit >> 1);
        lastDone = now;
      }
      signal?.throwIfAborted();
      onFraction?.(step / steps.length);
    }
  }

  private free(activations: EyesActivations): void {
    for (const { buffer } of this.code.tensorsOf(activations)) this.gpu.destroyBuffer(buffer);
  }

  destroy(): void {
    this.weights.destroy();
    this.releaseLock();
  }
}
