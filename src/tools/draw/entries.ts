// The tools that draw, as entries of the registry. cogview is always there: without an endpoint it draws by SVG.
import { fetchPart } from '../../shared/missingPart';
import type { ReadSecrets } from '../http/secrets';
import type { ToolEntry } from '../registry';
import type { DrawSettings } from './settings';
import { COGVIEW_SPEC, VIDEO_SPEC } from './spec';

/** Whether a call holds a drawing. Twin of isSvg in svg.ts. */
const HOLDS_SVG = /^\s*(?:```\w*\s*)?<svg[\s>]/i;

export function drawEntries(settings: DrawSettings, secrets: ReadSecrets): ToolEntry[] {
  const load = async () => {
    const [draw, { httpRequest }] = await fetchPart(() =>
      Promise.all([import('./drawTool'), import('../../network/network')]),
    );
    return { draw, options: { settings: () => settings, secrets, send: httpRequest } };
  };
  const { images, videos } = settings;
  const keyed = (name: string, url: string) => ({ key: `${name}@${new URL(url).origin}` });
  const cogview: ToolEntry = {
    spec: COGVIEW_SPEC,
    kind: 'built-in',
    ...(images
      ? { ...keyed('cogview', images.baseUrl), reach: 'sends', usual: 'ask' }
      : { reach: 'caged', usual: 'always' }), // shapes from a list that is checked: src/tools/draw/svg.ts
    reachOf: async (args) =>
      images && !HOLDS_SVG.test(args)
        ? { reach: 'sends', hosts: [new URL(images.baseUrl).host] }
        : { reach: 'caged', hosts: [] },
    load: async () => {
      const { draw, options } = await load();
      return draw.cogviewTool(options);
    },
  };
  if (!videos) return [cogview];
  return [
    cogview,
    {
      ...{ spec: VIDEO_SPEC, kind: 'built-in', reach: 'sends', usual: 'ask' },
      ...keyed('generate_video', videos.baseUrl),
      reachOf: async () => ({ reach: 'sends', hosts: [new URL(videos.baseUrl).host] }),
      load: async () => {
        const { draw, options } = await load();
        return draw.videoTool(options);
      },
    },
  ];
}
