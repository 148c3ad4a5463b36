// The eyes beside the model that answers: found when it is loaded, brought to the GPU with the first picture.
import type { Gpu } from '../../gpu/device';
import type { ModelLocks } from '../../library/modelLock';
import type { ModelStore } from '../../library/modelStore';
import type { ProgressMeter } from '../../library/progressMeter';
import type { GenerateRequest, GenerateSummary, ImagePart } from '../../protocol/chat';
import type { EyesInfo, ModelSource } from '../../protocol/models';
import { AppError } from '../../shared/errors';
import { fetchPart } from '../../shared/missingPart';
import type { ModelManifest } from '../../weights/types';
import type { LoadedModel, PreparedModel } from '../loadedModel';
import type { PictureRows } from '../prompt/chatPrompt';
import type { EngineResidents } from '../roles';
import type { LoadedEyes, SeeOptions } from './loadedEyes';
import type { Sight, SightOptions } from './sight';

export interface EyesParts {
  store: ModelStore;
  residents: EngineResidents;
  locks: ModelLocks;
  openGpu: () => Promise<Gpu>;
}

type Request = Pick<GenerateRequest, 'messages' | 'pictureTokens'>;

const storedEyes = () => fetchPart(() => import('../../library/eyes'));

export class Eyes {
  private sight: Promise<Sight> | undefined;

  constructor(private readonly parts: EyesParts) {}

  /** The eyes that a model has, for its description; undefined for a model that reads text alone. */
  async find({
    family,
    manifest,
  }: Pick<PreparedModel, 'family' | 'manifest'>): Promise<ModelManifest | null | undefined> {
    if (!family.format.picture) return undefined;
    const { eyesOf } = await storedEyes();
    return (await eyesOf(await this.parts.store.cache(), manifest)) ?? null;
  }

  /** Memory to keep free for eyes that are not on the GPU yet; a picture's own buffers come and go beside them. */
  roomFor(eyes: ModelManifest | null | undefined): number {
    return eyes && !this.parts.residents.get('vision') ? eyes.packedBytes : 0;
  }

  /** Evicts eyes that look at nothing now, unless they are these. @returns the bytes that came free */
  async makeRoom(keptId?: string): Promise<number> {
    const resident = this.parts.residents.get('vision');
    if (!resident || !('see' in resident) || resident.isBusy || resident.manifest.id === keptId) return 0;
    return this.parts.residents.evict('vision');
  }

  /** Imports eyes for a stored model. @throws AppError eyes-unfit and those of an import */
  async store(
    model: ModelManifest,
    args: { source: ModelSource; meter: ProgressMeter; signal: AbortSignal },
  ): Promise<ModelManifest> {
    const { addEyes } = await storedEyes();
    return addEyes(this.parts.store, model, args);
  }

  /** Imports eyes for a loaded model. @throws AppError eyes-unfit, text-only and those of an import */
  async add(
    loaded: LoadedModel,
    args: { source: ModelSource; meter: ProgressMeter; signal: AbortSignal },
  ): Promise<EyesInfo> {
    if (!loaded.prompts.family.format.picture) {
      const message = `${loaded.info.name} was made for text alone. Choose a model that can see.`;
      throw new AppError('text-only', message, { part: 'image' });
    }
    loaded.eyes = await this.store(loaded.manifest, args);
    return (loaded.info.eyes = eyesInfo(loaded.eyes));
  }

  /**
   * What stands for the pictures of a request; undefined where there are none, or where the model reads text alone.
   * @throws AppError no-eyes, picture-unreadable; the signal's reason
   */
  async look(
    loaded: LoadedModel,
    request: Request,
    options: SeeOptions = {},
  ): Promise<PictureRows | undefined> {
    const hasPictures = request.messages.some(({ parts }) => parts.some(({ type }) => type === 'image'));
    if (!hasPictures || !loaded.prompts.family.format.picture) return undefined;
    return (await this.open()).look(request, this.optionsFor(loaded, options));
  }

  /** The same for pictures without a chat, each of at most so many tokens. */
  async lookAt(
    loaded: LoadedModel,
    pictures: readonly ImagePart[],
    { pictureTokens, signal }: { pictureTokens?: number; signal?: AbortSignal },
  ): Promise<PictureRows> {
    const messages = [{ role: 'user' as const, parts: [...pictures] }];
    return (await this.open()).look({ messages, pictureTokens }, this.optionsFor(loaded, { signal }));
  }

  /** Begins to count. @returns what has been looked at since then; undefined where that is nothing */
  count(): () => GenerateSummary['seeing'] {
    const timesOf = (resident: ReturnType<EngineResidents['get']>) =>
      resident && 'times' in resident ? { ...resident.times } : undefined;
    const before = this.parts.residents.get('vision');
    const start = timesOf(before);
    return () => {
      const now = this.parts.residents.get('vision');
      const times = timesOf(now);
      if (!times) return undefined;
      const { pictures, patches, ms } = (now === before && start) || { pictures: 0, patches: 0, ms: 0 };
      if (times.pictures === pictures) return undefined;
      return {
        pictures: times.pictures - pictures,
        tokens: (times.patches - patches) / 4,
        ms: times.ms - ms,
      };
    };
  }

  private open(): Promise<Sight> {
    this.sight ??= fetchPart(() => import('./sight')).then(({ Sight }) => new Sight());
    this.sight.catch(() => (this.sight = undefined)); // its code could not be fetched: the next picture asks again
    return this.sight;
  }

  private optionsFor({ eyes, info, prompts }: LoadedModel, options: SeeOptions): SightOptions {
    const format = prompts.family.format.picture;
    if (!format) throw new AppError('text-only', `${info.name} was made for text alone.`, { part: 'image' });
    if (!eyes) {
      const message = `${info.name} could see pictures, but the file of its eyes (mmproj) is missing. Add it.`;
      throw new AppError('no-eyes', message, { model: info.name });
    }
    const { signal = new AbortController().signal } = options;
    const open = () => this.bring(eyes, info.hiddenSize, signal);
    return { ...options, eyesId: eyes.id, maxTokens: format.maxTokens, open };
  }

  /** The eyes on the GPU, in the role of vision; they stay there until the memory is needed. */
  private async bring(eyes: ModelManifest, rowLength: number, signal: AbortSignal): Promise<LoadedEyes> {
    const { store, residents, locks, openGpu } = this.parts;
    const resident = residents.get('vision');
    if (resident && 'see' in resident && resident.manifest.id === eyes.id) return resident;
    const { LoadedEyes } = await fetchPart(() => import('./loadedEyes'));
    const cache = await store.cache();
    const repairer = await store.repairer(eyes, { kind: 'cached', id: eyes.id }, signal);
    const repair = (index: number) => repairer.repairOrCount(index);
    const gpu = await openGpu();
    return residents.place(gpu, { role: 'vision', name: eyes.name }, async (share) => {
      const releaseLock = await locks.hold(eyes.id);
      const loaded = await LoadedEyes.load(
        { manifest: eyes, cache, repair },
        { gpu: share, signal, releaseLock },
      );
      if (loaded.rowLength === rowLength) return loaded;
      loaded.destroy();
      throw new AppError(
        'bug',
        `${eyes.name} makes rows of ${loaded.rowLength} for a model of ${rowLength}.`,
      );
    });
  }
}

/** For the description of a model. */
export function eyesInfo({ id, name, packedBytes }: ModelManifest): EyesInfo {
  return { id, name, packedBytes };
}
