// Samples memory over a run, and draws it.
import type { KillableBrowser } from './killableBrowser';
import type { ProcessMemory } from './processMemory';

export interface Sample extends ProcessMemory {
  /** Time since the start of the run. */
  seconds: number;
  phase: string;
  /** JavaScript memory of page and worker above the idle page. */
  heapBytes: number;
}

const PROCESSES_EVERY_MS = 1000; // reading smaps of gigabytes is slow
const HEAP_EVERY_MS = 200;

export class MemoryCurve {
  readonly samples: Sample[] = [];
  private readonly began = performance.now();

  /** Samples during `run`. Subtracts `idleHeap`. */
  async during<T>(
    phase: string,
    browser: KillableBrowser,
    idleHeap: number,
    run: () => Promise<T>,
  ): Promise<T> {
    let processes = browser.memory();
    const ofProcesses = setInterval(() => (processes = browser.memory()), PROCESSES_EVERY_MS);
    let asking = false;
    const ofHeap = setInterval(() => {
      if (asking) return;
      asking = true;
      browser
        .heapBytes()
        .then((bytes) => {
          const seconds = (performance.now() - this.began) / 1000;
          this.samples.push({ seconds, phase, heapBytes: bytes - idleHeap, ...processes });
        })
        .catch(() => undefined) // killed in the meantime
        .finally(() => (asking = false));
    }, HEAP_EVERY_MS);
    try {
      return await run();
    } finally {
      clearInterval(ofProcesses);
      clearInterval(ofHeap);
    }
  }

  /** Peak of each kind over the phases whose names start with `phase`. */
  peaks(phase: string): Omit<Sample, 'seconds' | 'phase'> {
    const own = this.samples.filter((sample) => sample.phase.startsWith(phase));
    const peak = (key: keyof ProcessMemory | 'heapBytes') => Math.max(0, ...own.map((sample) => sample[key]));
    return {
      heapBytes: peak('heapBytes'),
      rendererRss: peak('rendererRss'),
      rendererPss: peak('rendererPss'),
      gpuPss: peak('gpuPss'),
      browserPss: peak('browserPss'),
    };
  }

  /** An SVG of renderer, browser process and JavaScript heap, without the much larger GPU process. */
  toSvg(title: string): string {
    return drawCurve(title, this.samples);
  }
}

const SERIES = [
  { key: 'rendererPss', label: 'renderer (PSS)', colour: '#2f7d5d' },
  { key: 'browserPss', label: 'browser process (PSS)', colour: '#8a6d1f' },
  { key: 'heapBytes', label: 'JavaScript heap above idle', colour: '#3b5bdb' },
] as const;

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [820, 340, 56, 16, 34, 54];

function drawCurve(title: string, samples: Sample[]): string {
  const end = Math.max(1, ...samples.map(({ seconds }) => seconds));
  const peak = Math.max(1, ...SERIES.flatMap(({ key }) => samples.map((sample) => sample[key])));
  const step = [50e6, 100e6, 200e6, 500e6, 1e9].find((size) => peak / size <= 8) ?? 2e9;
  const top = Math.ceil(peak / step) * step;
  const x = (seconds: number) => (LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (bytes: number) => (HEIGHT - BOTTOM - (bytes / top) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="20" font-size="14">${title}</text>`,
  ];
  for (let bytes = 0; bytes <= top; bytes += step) {
    out.push(
      `<path d="M${LEFT} ${y(bytes)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      `<text x="${LEFT - 6}" y="${y(bytes)}" dy="4" text-anchor="end">${bytes / 1e6}</text>`,
    );
  }
  out.push(`<text x="8" y="${TOP - 8}">MB</text>`);
  phases(samples).forEach(({ phase, from }) => {
    out.push(
      `<path d="M${x(from)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#999" stroke-dasharray="3 3"/>`,
      `<text x="${x(from)}" y="${HEIGHT - BOTTOM + 15}" font-size="10">${phase}</text>`,
    );
  });
  for (const { key, colour } of SERIES) {
    const points = thinned(samples, key, end).map((sample) => `${x(sample.seconds)},${y(sample[key])}`);
    out.push(`<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
  }
  SERIES.forEach(({ label, colour }, i) => {
    const left = LEFT + i * 210;
    out.push(
      `<path d="M${left} ${HEIGHT - 12}h22" stroke="${colour}" stroke-width="3"/>`,
      `<text x="${left + 28}" y="${HEIGHT - 8}">${label}</text>`,
    );
  });
  out.push(`<text x="${WIDTH - RIGHT}" y="${HEIGHT - 8}" text-anchor="end">${Math.round(end)} s</text>`);
  return `${out.join('\n')}\n</svg>\n`;
}

/** Start of each phase. */
function phases(samples: Sample[]): { phase: string; from: number }[] {
  return samples
    .filter(({ phase }, i) => phase !== samples[i - 1]?.phase)
    .map(({ phase, seconds }) => ({ phase, from: seconds }));
}

/** The peak of each of 300 stretches: enough for a picture, and no peak is lost. */
function thinned(samples: Sample[], key: (typeof SERIES)[number]['key'], end: number): Sample[] {
  const highest = new Map<number, Sample>();
  for (const sample of samples) {
    const slot = Math.floor((sample.seconds / end) * 300);
    const known = highest.get(slot);
    if (!known || known[key] < sample[key]) highest.set(slot, sample);
  }
  return [...highest.values()];
}
