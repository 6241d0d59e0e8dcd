import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** False where no compiler can make the disk that fails: tests of it are skipped there, and say so. */
export const canFailDisks: boolean = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

/** A disk under one folder, for processes that are started with its environment. */
export interface FailingDisk {
  readonly environment: Readonly<Record<string, string>>;
  fail(operation: 'write' | 'sync', error: 'ENOSPC' | 'EIO' | 'EROFS'): void;
  mend(): void;
}

export function createFailingDisk(scratch: string, folder: string): FailingDisk {
  mkdirSync(scratch, { recursive: true });
  const library = join(scratch, 'failing-disk.so');
  const told = join(scratch, 'failing-now');
  const source = join(import.meta.dirname, 'failing-disk.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return {
    environment: { LD_PRELOAD: library, FAILING_NOW: told, FAILING_BELOW: folder },
    fail(operation, error) {
      writeFileSync(told, `${operation} ${constants.errno[error]}\n`);
    },
    mend() {
      rmSync(told, { force: true });
    },
  };
}

/** A disk of its own at a folder, of a size like `16m`; false where this process may not mount one. */
export function mountSmallDisk(folder: string, size: string): boolean {
  mkdirSync(folder, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0;
}

export function unmountSmallDisk(folder: string): void {
  spawnSync('umount', ['-l', folder]);
}
