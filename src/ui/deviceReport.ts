// A report of this device, as text to copy: in English, for developers. Loaded when it is asked for.
import type { AppState, KernelCheck } from '../store';
import { lastErrors } from './errorLog';

/** User-agent client hints, where the browser has them. */
interface BrowserHints {
  userAgentData?: {
    getHighEntropyValues(hints: string[]): Promise<{
      fullVersionList?: { brand: string; version: string }[];
      platform?: string;
      platformVersion?: string;
      architecture?: string;
    }>;
  };
  deviceMemory?: number;
}

type ReportState = Pick<AppState, 'bench' | 'catalogue' | 'model' | 'storage'>;

/** Adapter, limits, browser, versions, checks, speeds and the last errors. Nothing of the chats. */
export async function deviceReport(state: ReportState): Promise<string> {
  const sections = [
    ['Report of a device', [new Date().toISOString(), `build ${buildName()}`]],
    ['Browser', await browserLines()],
    ['Graphics card', adapterLines(state)],
    ['Model', modelLines(state)],
    ['Speeds', speedLines(state)],
    ['Checks', checkLines(state)],
    ['Last errors', errorLines()],
  ] as const;
  return sections.map(([title, lines]) => [`## ${title}`, ...lines].join('\n')).join('\n\n') + '\n';
}

/** The page's script is named after its content. */
function buildName(): string {
  const script = document.querySelector<HTMLScriptElement>('script[type=module][src]');
  return script?.src.split('/').at(-1) ?? 'unknown';
}

async function browserLines(): Promise<string[]> {
  const { userAgentData, deviceMemory } = navigator as Navigator & BrowserHints;
  const hints = await userAgentData
    ?.getHighEntropyValues(['fullVersionList', 'platformVersion', 'architecture'])
    .catch(() => undefined);
  const brands = hints?.fullVersionList?.map(({ brand, version }) => `${brand} ${version}`) ?? [];
  return [
    navigator.userAgent,
    ...(brands.length > 0 ? [brands.join(', ')] : []),
    ...(hints?.platform ? [`${hints.platform} ${hints.platformVersion} ${hints.architecture}`] : []),
    `${navigator.hardwareConcurrency} cores, memory ${deviceMemory ?? 'unknown'} GB, language ${navigator.language}`,
    `secure context ${globalThis.isSecureContext}, isolated ${globalThis.crossOriginIsolated}`,
  ];
}

function adapterLines({ catalogue, bench }: ReportState): string[] {
  const device = bench.check?.ended?.device ?? catalogue.device;
  if (!device) return ['unknown'];
  const { vendor, architecture, description, software, features, limits, kernels } = device;
  return [
    [vendor, architecture, description].filter(Boolean).join(' ') + (software ? ' (software)' : ''),
    `features: ${features.join(' ')}`,
    ...Object.entries(limits).map(([name, value]) => `${name}: ${value}`),
    `kernels: ${kernels ?? 'not chosen yet'}`,
  ];
}

function modelLines({ model }: ReportState): string[] {
  const { info, status, loadMs } = model;
  if (!info) return [status];
  const { name, architecture, quantisation, contextTokens, gpuBytes, warnings } = info;
  return [
    `${name}, ${architecture}, ${quantisation ?? ''}, context ${contextTokens}, ${gpuBytes} bytes on the GPU`,
    ...(loadMs === null ? [] : [`loaded in ${loadMs.toFixed(0)} ms`]),
    ...warnings,
  ];
}

function speedLines({ catalogue, bench, model }: ReportState): string[] {
  const { probe, measured } = catalogue;
  const stream = bench.check?.ended?.streamBytesPerSecond ?? bench.reports.at(0)?.streamBytesPerSecond;
  const used = measured[model.info?.origin ?? ''];
  return [
    ...(stream ? [`streaming read: ${(stream / 1e9).toFixed(1)} GB/s`] : []),
    ...(probe
      ? [
          `a layer of GLM-4-9B: decode ${probe.layer.decodeMs.toFixed(2)} ms, ${probe.layer.prefillTokens} tokens ${probe.layer.prefillMs.toFixed(1)} ms`,
          `allocatable: ${probe.allocatableBytes} bytes`,
        ]
      : []),
    ...(used ? [`this model: ${used.tokensPerSecond.toFixed(1)} tokens/s`] : []),
    ...(!stream && !probe && !used ? ['nothing measured'] : []),
  ];
}

function checkLines({ bench }: ReportState): string[] {
  const { check } = bench;
  if (!check || check.kernels.length === 0) return ['not run on this page'];
  const { kernels, total, ended } = check;
  const wrong = kernels.filter(({ right }) => !right);
  const took = ended ? `, ${(ended.tookMs / 1000).toFixed(1)} s` : ', not finished';
  return [
    `${kernels.length} of ${total} kernels checked, ${wrong.length} wrong${took}`,
    ...[...wrong, ...kernels.filter(({ right }) => right)].map(kernelLine),
  ];
}

function kernelLine({ kernel, right, difference, allowed, failure }: KernelCheck): string {
  const verdict = failure ? `REFUSED: ${failure.replaceAll('\n', ' ')}` : right ? 'right' : 'WRONG';
  return `${kernel}: ${verdict} (${difference.toPrecision(2)} of ${allowed.toPrecision(2)})`;
}

function errorLines(): string[] {
  const errors = lastErrors();
  if (errors.length === 0) return ['none'];
  return errors.map(({ at, code, message }) => `${new Date(at).toISOString()} ${code} ${message}`.trim());
}
