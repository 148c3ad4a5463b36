// Memory of a browser's processes, read from /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** Bytes; all 0 where there is no /proc. Pss shares what several processes map. */
export interface ProcessMemory {
  /** Of the renderer that holds most. */
  rendererRss: number;
  rendererPss: number;
  /** Of the GPU process: on a software adapter the weights are in it. */
  gpuPss: number;
  /** Of the browser process, through which IndexedDB's bytes pass. */
  browserPss: number;
}

/** Of the processes whose group is `group`. */
export function processMemory(group: number): ProcessMemory {
  const memory: ProcessMemory = { rendererRss: 0, rendererPss: 0, gpuPss: 0, browserPss: 0 };
  for (const pid of processes()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) continue;
      const type = /--type=([\w-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1];
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) * 1024;
      if (type === 'renderer' && bytes('Rss') > memory.rendererRss) {
        memory.rendererRss = bytes('Rss');
        memory.rendererPss = bytes('Pss');
      }
      if (type === 'gpu-process') memory.gpuPss = bytes('Pss');
      if (!type) memory.browserPss += bytes('Pss');
    } catch {
      // the process ended meanwhile
    }
  }
  return memory;
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // not Linux
  }
}
