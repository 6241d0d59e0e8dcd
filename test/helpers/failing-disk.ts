import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';

/** False where no compiler can make the disk that fails: tests of it are skipped there, and say so. */
export const canFailDisks: boolean = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

/** A disk under one folder, for processes that are started with its environment. */
export interface FailingDisk {
  readonly environment: Readonly<Record<string, string>>;
  fail(operation: DiskOperation, error: DiskError): void;
  mend(): void;
  /** How often it failed since it was made. */
  hits(): number;
}

export type DiskOperation = 'write' | 'sync' | 'read' | 'open' | 'rename';
export type DiskError = 'ENOSPC' | 'EIO' | 'EROFS' | 'EMFILE';

/** `below` is what the paths of its files begin with. */
export function createFailingDisk(scratch: string, below: string): FailingDisk {
  mkdirSync(scratch, { recursive: true });
  const library = join(scratch, 'failing-disk.so');
  const told = join(scratch, 'failing-now');
  const hits = join(scratch, 'failing-hits');
  const source = join(packageRoot, 'test', 'helpers', 'failing-disk.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return {
    environment: { LD_PRELOAD: library, FAILING_NOW: told, FAILING_BELOW: below, FAILING_HITS: hits },
    fail(operation, error) {
      writeFileSync(told, `${operation} ${constants.errno[error]}\n`);
    },
    mend() {
      rmSync(told, { force: true });
    },
    hits: () => statSync(hits, { throwIfNoEntry: false })?.size ?? 0,
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
