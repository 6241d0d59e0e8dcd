import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

// Linux counts a process's time in ticks of this many a second for every program.
const ticksPerSecond = 100;

/** Memory and time of a process from /proc; NaN where there is none. */
export function usageOf(pid: number): {
  readonly peakMiB: number;
  readonly residentMiB: number;
  readonly cpuMs: number;
} {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = Number(afterName[11]) + Number(afterName[12]);
    return {
      peakMiB: kibOf(status, 'VmHWM') / 1024,
      residentMiB: kibOf(status, 'VmRSS') / 1024,
      cpuMs: (ticks * 1000) / ticksPerSecond,
    };
  } catch {
    return { peakMiB: Number.NaN, residentMiB: residentByPs(pid), cpuMs: Number.NaN };
  }
}

/** Bytes of all files below a folder. */
export function folderSizeBytes(folder: string): number {
  let total = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      total += statSync(join(entry.parentPath, entry.name)).size;
    }
  }
  return total;
}

function kibOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
}

function residentByPs(pid: number): number {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  } catch {
    return Number.NaN;
  }
}
