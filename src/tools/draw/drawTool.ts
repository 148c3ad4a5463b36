// cogview: pictures of an endpoint where one is set; else a drawing as SVG, which the call itself holds or the same model
// writes. And generate_video.
import type { FilePart, ResultPart } from '../../protocol/chat';
import type { Tool, ToolContext, ToolOutcome } from '../tool';
import { fault, faultForModel, faultForPeople, ToolFailure, type Fault } from '../faults';
import type { DrawDeps } from './ask';
import { drawImages } from './images';
import { toPng } from './pixels';
import type { DrawSettings } from './settings';
import { COGVIEW_SPEC, VIDEO_SPEC } from './spec';
import { isSvg, readDrawing, titleOf } from './svg';
import { SVG_GRAMMAR } from './svgGrammar';
import { makeVideos } from './videos';

export interface DrawOptions extends DrawDeps {
  settings: () => DrawSettings;
}

const MOST_SVG_TOKENS = 1500;
const MOST_PROMPT = 4000;

const DRAW = `Draw what the user describes as one small SVG picture and answer with the SVG only. It begins with <svg viewBox="0 0 100 100"> and holds flat shapes: circle, ellipse, rect, line, polygon, polyline, path, text. Draw the background first, then the large shapes, then the details. Give each shape a fill.`;

const failed = (...faults: Fault[]): ToolOutcome => ({
  parts: [{ type: 'text', text: faults.map(faultForPeople).join('\n') }],
  observation: `Nothing was drawn. ${faults.map(faultForModel).join(' ')}`,
  failed: true,
});

/** Runs a drawing; its failures are what the model reads. */
async function told(run: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ToolFailure) return failed(...error.faults);
    throw error;
  }
}

/** A name that no file of the chat has: 'drawing-2'. */
function freeName(stem: string, { files }: Pick<ToolContext, 'files'>): string {
  for (let n = 1; ; n++)
    if (!files.some(({ name }) => name.startsWith(`${stem}-${n}.`))) return `${stem}-${n}`;
}

const fileOf = (name: string, blob: Blob): FilePart => ({
  ...{ type: 'file', id: crypto.randomUUID(), name, mediaType: blob.type, blob },
});

export function cogviewTool(options: DrawOptions): Tool {
  return {
    spec: COGVIEW_SPEC,
    reach: 'sends',
    run: (args, context) =>
      told(async () => {
        const { images } = options.settings();
        if (isSvg(args)) return drawn(args, undefined, context);
        const prompt = args.trim().slice(0, MOST_PROMPT);
        if (!prompt) return failed(fault('nothingToDraw'));
        if (!images) return drawn(await writeSvg(prompt, context), prompt, context);
        const { blobs, revised, seed } = await drawImages(images, prompt, options, context.signal);
        const { width, height } = sizeIn(images.size);
        const parts: ResultPart['parts'] = [];
        const names: string[] = [];
        for (const blob of blobs) {
          const stem = freeName('picture', {
            files: [...context.files, ...names.map((name) => ({ name, blob }))],
          });
          const name = `${stem}.${blob.type.split('/')[1].replace('jpeg', 'jpg')}`;
          names.push(name);
          parts.push(
            { type: 'image', blob, alt: prompt, ...(width && { width, height }) },
            fileOf(name, blob),
          );
        }
        const notes = [revised && `Drawn from: ${revised}`, seed !== undefined && `Seed ${seed}`].filter(
          Boolean,
        );
        return {
          parts,
          observation: [`Drawn and shown to the user: ${names.join(', ')}.`, ...notes].join('\n'),
        };
      }),
  };
}

const sizeIn = (size: string): { width?: number; height?: number } => {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(size) ?? [];
  return width ? { width: Number(width), height: Number(height) } : {};
};

/** The same model draws, held to a grammar where it can be. */
async function writeSvg(prompt: string, { write }: ToolContext): Promise<string> {
  if (!write) throw new ToolFailure(fault('noPainter'));
  return write({
    ...{ system: DRAW, prompt, maxTokens: MOST_SVG_TOKENS },
    format: { kind: 'ebnf', grammar: SVG_GRAMMAR },
  });
}

async function drawn(text: string, prompt: string | undefined, context: ToolContext): Promise<ToolOutcome> {
  const drawing = readDrawing(text);
  if (!drawing) return failed(fault('noDrawing'));
  const { svg, width, height } = drawing;
  const blob = new Blob([svg], { type: 'image/svg+xml' });
  const name = freeName('drawing', context);
  const png = await toPng(drawing);
  const files = [fileOf(`${name}.svg`, blob), ...(png ? [fileOf(`${name}.png`, png)] : [])];
  const names = files.map((file) => file.name).join(', ');
  return {
    parts: [{ type: 'image', blob, alt: prompt ?? titleOf(drawing) ?? 'drawing', width, height }, ...files],
    observation: `A vector drawing (SVG) of simple shapes, shown to the user: ${names}. It is not a photograph or painting.`,
  };
}

export function videoTool(options: DrawOptions & { pollMs?: number }): Tool {
  return {
    spec: VIDEO_SPEC,
    reach: 'sends',
    run: (args, context) =>
      told(async () => {
        const { videos } = options.settings();
        if (!videos) return failed(fault('noVideos'));
        const { prompt } = JSON.parse(args) as { prompt: string };
        const { signal, onProgress } = context;
        const blobs = await makeVideos(videos, prompt, options, {
          ...{ signal, pollMs: options.pollMs },
          onWait: (seconds) => onProgress([{ type: 'text', text: `${seconds} s` }]),
        });
        const stem = freeName('video', context);
        const files = blobs.map((blob, index) =>
          fileOf(`${stem}${index > 0 ? `-${index + 1}` : ''}.${blob.type.split('/')[1]}`, blob),
        );
        const names = files.map(({ name }) => name).join(', ');
        return { parts: files, observation: `Made and shown to the user: ${names}.` };
      }),
  };
}
