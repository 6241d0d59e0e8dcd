import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Life } from '../life.ts';
import { type FolderKind, devicesOf } from '../product/port.ts';

/** Counts files that a person deleted and that are there again, though nobody made them anew. */
export function checkDeletions(life: Life): void {
  for (const file of life.deleted.keys()) {
    const folder = file.slice(0, file.indexOf('/')) as FolderKind;
    const path = file.slice(folder.length + 1);
    for (const device of devicesOf(life.pair)) {
      if (isFile(join(device.root(folder), path))) {
        life.tally.found('resurrection', file, `it is on the ${device.name} again`);
        life.deleted.delete(file);
      }
    }
  }
}

/** A folder may have taken its name, and a file that of a folder above it. */
function isFile(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') {
      return false;
    }
    throw cause;
  }
}
