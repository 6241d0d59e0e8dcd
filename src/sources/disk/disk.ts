import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createHeldRoot } from './held-root.ts';
import { createLargeDisk } from './large-disk.ts';
import { createFileReader } from './read-file.ts';
import { leaveMark, sightOf } from './root-mark.ts';
import { walkFolders } from './walk.ts';
import { createFileWriter } from './write-file.ts';
import type { Disk, DiskOptions } from './disk-port.ts';

export function createDisk(options: DiskOptions): Disk {
  const root = createHeldRoot(options.root);
  return {
    ...createFileReader(root, options),
    ...createFileWriter(root, options),
    ...(options.largestFileBytes === undefined ? {} : { large: createLargeDisk(root) }),
    root: () => sightOf(root),
    hold: (identity) => root.hold(identity),
    isHeld: () => root.isThere(),
    mark: (linkId) => leaveMark(root, linkId),
    walk: (from, skip) => walkFolders(root, from, skip),
    isThere: (path) => existsSync(join(options.root, path)),
    caseInsensitive: options.caseInsensitive,
    takesLinks: options.takesLinks,
  };
}
