import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { LogCommands } from '../../cli/ground/log-commands.ts';
import { olderLog } from '../ground/log-size.ts';

const lookMs = 250;

/** Reads the log that `daemon start` gave the daemon; one in the foreground writes to its terminal instead. */
export function createLogCommands({ log }: Pick<HomePaths, 'log'>): LogCommands {
  return {
    last(count) {
      if (!existsSync(log)) {
        const message = `There is no log yet (${log}). A daemon writes one when it is started in the background: sourcesync daemon start`;
        return { exitCode: exitCodes.failed, message };
      }
      const lines = linesOf(log);
      const before = lines.length < count && existsSync(olderLog(log)) ? linesOf(olderLog(log)) : [];
      return { path: log, lines: count === 0 ? [] : [...before, ...lines].slice(-count) };
    },
    async follow(onLine) {
      let at = sizeOf(log);
      let rest = '';
      for (;;) {
        await pause(lookMs);
        const size = sizeOf(log);
        // It began anew.
        at = size < at ? 0 : at;
        const whole = `${rest}${size > at ? readFrom(log, at, size) : ''}`.split('\n');
        rest = whole.pop() ?? '';
        at = size;
        whole.filter((line) => line !== '').forEach(onLine);
      }
    },
  };
}

function linesOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(path: string, from: number, to: number): string {
  const bytes = Buffer.alloc(to - from);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from)).toString('utf8');
  } finally {
    closeSync(file);
  }
}
