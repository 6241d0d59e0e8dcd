import { statfsSync } from 'node:fs';

/** Room on the disk that holds a home. */
export interface DiskRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Undefined where the disk does not say it. */
export function readDiskRoom(path: string): DiskRoom | undefined {
  try {
    const { bsize, bavail, blocks } = statfsSync(path);
    return blocks === 0 ? undefined : { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return undefined;
  }
}
