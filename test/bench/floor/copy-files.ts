import { mkdirSync, readFileSync, writeFileSync, renameSync, openSync, fsyncSync, closeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Milliseconds of each file that is read in one folder and written durably into another by a bare program: a temporary
 * file, synced and renamed, as anything must do that never shows half a file.
 */
export function copyDurably(from: string, to: string, paths: readonly string[]): readonly number[] {
  return paths.map((path) => {
    const startedMs = performance.now();
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    const descriptor = openSync(`${target}.part`, 'w');
    writeFileSync(descriptor, readFileSync(join(from, path)));
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${target}.part`, target);
    return performance.now() - startedMs;
  });
}
