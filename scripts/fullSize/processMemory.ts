// Memory of a browser's processes, read from /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** Bytes; all 0 without /proc. PSS divides shared pages among the processes that map them. */
export interface ProcessMemory {
  /** The largest renderer. */
  rendererRss: number;
  rendererPss: number;
  /** The GPU process; with a software adapter it holds the weights. */
  gpuPss: number;
  /** The browser process; IndexedDB data passes through it. */
  browserPss: number;
}

/** Memory of the processes in the process group `group`. */
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
      // the process has ended
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
