// The size that a picture is brought to: sides in multiples of a merged patch, within limits. As transformers does it
// (image_processing_glm4v.py), so the aspect ratio is kept only roughly.
import { AppError } from '../../../shared/errors';

/** Pixels of a patch's side. */
export const PATCH = 14;
/** Patches of a merged patch's side: one embedded row each. */
export const MERGE = 2;
const FACTOR = PATCH * MERGE;
/** A still counts as two frames. */
const FRAMES = 2;
const MIN_PIXELS = 112 * 112;
const MAX_ASPECT = 200;

export interface Size {
  width: number;
  height: number;
}

/** What a model or a setting allows. */
export interface PictureLimits {
  /** Rows of features. */
  maxTokens: number;
}

/** Merged patches of a picture of this size, which smartResize() has chosen. */
export function mergedGrid({ width, height }: Size): { rows: number; columns: number } {
  return { rows: height / FACTOR, columns: width / FACTOR };
}

/** @throws AppError picture-unreadable for a picture more than 200 times as long as wide */
export function smartResize(size: Size, { maxTokens }: PictureLimits): Size {
  let { width, height } = size;
  const maxPixels = FRAMES * FACTOR * FACTOR * maxTokens;
  if (height < FACTOR || width < FACTOR) {
    const scale = Math.max(FACTOR / height, FACTOR / width);
    height = Math.floor(height * scale);
    width = Math.floor(width * scale);
  }
  if (Math.max(height, width) / Math.min(height, width) > MAX_ASPECT) {
    const why = `it is ${size.width} × ${size.height} pixels, more than ${MAX_ASPECT} times as long as wide`;
    throw new AppError('picture-unreadable', `This picture cannot be shown to the model: ${why}. Crop it.`, {
      why,
    });
  }
  const rounded = { height: multiples(height), width: multiples(width) };
  const pixels = FRAMES * rounded.height * rounded.width;
  if (pixels > maxPixels) {
    const beta = Math.sqrt((FRAMES * height * width) / maxPixels);
    const fitted = (side: number) => Math.max(FACTOR, Math.floor(side / beta / FACTOR) * FACTOR);
    return { height: fitted(height), width: fitted(width) };
  }
  if (pixels < MIN_PIXELS) {
    const beta = Math.sqrt(MIN_PIXELS / (FRAMES * height * width));
    const grown = (side: number) => Math.ceil((side * beta) / FACTOR) * FACTOR;
    return { height: grown(height), width: grown(width) };
  }
  return rounded;
}

/** The nearest multiple; halves go to the even one, as in Python. */
function multiples(side: number): number {
  const exact = side / FACTOR;
  const low = Math.floor(exact);
  const isUp = exact - low > 0.5 || (exact - low === 0.5 && low % 2 === 1);
  return (isUp ? low + 1 : low) * FACTOR;
}
