// From the pictures of a request to what stands for them in a prompt: their digests and sizes at once, their rows when some
// of them have to be computed. Loads with the first picture.
import type { Pixels, Size } from '../../model/eyes';
import { openEyesCode } from '../../model/architecture';
import type { GenerateRequest, ImagePart } from '../../protocol/chat';
import { DEFAULT_PICTURE_TOKENS } from '../../shared/passLimits';
import { digestHex } from '../../weights/digest';
import type { PictureRows } from '../prompt/chatPrompt';
import type { LoadedEyes, SeeOptions } from './loadedEyes';

/** Part of a picture's identity: increment it when other pixels or patches come out. */
const PIXELS_VERSION = 'pixels 1';
/** Rows of features kept in memory, for prompts whose KV cache is gone. */
const MAX_FEATURE_BYTES = 64 * 2 ** 20;
const MAX_SIZES = 256;
/** Pictures whose pixels wait for their turn. */
const MAX_PIXELS_KEPT = 4;

type EyesCode = Awaited<ReturnType<typeof openEyesCode>>;

export interface SightOptions extends SeeOptions {
  /** Id of the loaded model's eyes, which names the rows they made. */
  eyesId: string;
  /** Brings the eyes to the GPU; called only when rows have to be computed. */
  open: () => Promise<LoadedEyes>;
  /** Most rows that the model takes for a picture. */
  maxTokens: number;
}

export class Sight {
  private readonly features = new Recent<Float32Array<ArrayBuffer>>(
    MAX_FEATURE_BYTES,
    (rows) => rows.byteLength,
  );
  private readonly sizes = new Recent<Size>(MAX_SIZES, () => 1);
  private readonly pixels = new Recent<Pixels>(MAX_PIXELS_KEPT, () => 1);

  /** Looks at every picture of a chat. @throws AppError picture-unreadable, part-missing; the signal's reason */
  async look(
    { messages, pictureTokens = DEFAULT_PICTURE_TOKENS }: Pick<GenerateRequest, 'messages' | 'pictureTokens'>,
    options: SightOptions,
  ): Promise<PictureRows> {
    const parts = picturesOf(messages);
    return this.lookAt(parts, { ...options, maxTokens: Math.min(pictureTokens, options.maxTokens) });
  }

  /** The same for pictures without a chat; `maxTokens` is used as it is. */
  async lookAt(parts: readonly ImagePart[], options: SightOptions): Promise<PictureRows> {
    const code = await openEyesCode();
    const rows = new Map<ImagePart, PictureRows extends ReadonlyMap<ImagePart, infer R> ? R : never>();
    for (const part of parts) {
      options.signal?.throwIfAborted();
      const { eyesId, maxTokens, signal, onFraction } = options;
      const file = await digestHex(new Uint8Array(await part.blob.arrayBuffer()));
      const digest = [file, eyesId, maxTokens, PIXELS_VERSION].join(' ');
      const size = this.sizes.get(digest) ?? (await this.read(code, part, { digest, maxTokens }));
      const grid = code.mergedGrid(size);
      const load = async (): Promise<Float32Array<ArrayBuffer>> => {
        const known = this.features.get(digest);
        if (known) return known;
        if (!this.pixels.has(digest)) await this.read(code, part, { digest, maxTokens });
        const pixels = this.pixels.take(digest) as Pixels;
        const eyes = await options.open();
        const features = await eyes.see(pixels, { signal, onFraction });
        this.features.set(digest, features);
        return features;
      };
      rows.set(part, { digest, length: grid.rows * grid.columns, grid, load });
    }
    return rows;
  }

  /** Decodes a picture and brings it to its size. */
  private async read(
    { decodePicture, smartResize, pillowResize }: EyesCode,
    { blob }: ImagePart,
    { digest, maxTokens }: { digest: string; maxTokens: number },
  ): Promise<Size> {
    const decoded = await decodePicture(blob);
    const size = smartResize(decoded, { maxTokens });
    this.pixels.set(digest, pillowResize(decoded, size));
    this.sizes.set(digest, size);
    return size;
  }
}

/** The pictures that people put into a chat, in order. */
export function picturesOf(messages: GenerateRequest['messages']): ImagePart[] {
  return messages.flatMap(({ parts }) => parts.filter((part) => part.type === 'image'));
}

/** What was used last, up to a limit. */
class Recent<T> {
  private readonly entries = new Map<string, T>();

  constructor(
    private readonly limit: number,
    private readonly costOf: (value: T) => number,
  ) {}

  has(key: string): boolean {
    return this.entries.has(key);
  }

  get(key: string): T | undefined {
    const value = this.take(key);
    if (value !== undefined) this.entries.set(key, value);
    return value;
  }

  take(key: string): T | undefined {
    const value = this.entries.get(key);
    this.entries.delete(key);
    return value;
  }

  set(key: string, value: T): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    let cost = [...this.entries.values()].reduce((sum, entry) => sum + this.costOf(entry), 0);
    for (const [oldest, entry] of [...this.entries]) {
      if (cost <= this.limit || oldest === key) break;
      this.entries.delete(oldest);
      cost -= this.costOf(entry);
    }
  }
}
