import { dirname } from 'node:path';
import { watch } from 'chokidar';
import { targetOf } from './place-files.ts';
import type { FolderWatch, FolderWatchEvents } from '../disk/watch-folder.ts';
import type { UnitDisk } from './unit-disk.ts';

/**
 * Watches the folders that hold the files of a place, because every program replaces its files; what changed in a file
 * is told unit by unit.
 */
export function watchPlace(
  paths: Iterable<string>,
  disk: Pick<UnitDisk, 'changes'>,
  events: FolderWatchEvents,
): FolderWatch {
  const named = [...paths];
  const files = [...named, ...named.map(targetOf)];
  const folders = new Set(files.map(dirname));
  const watched = new Set([...files, ...folders]);
  const watcher = watch([...folders], {
    ignoreInitial: true,
    depth: 0,
    ignorePermissionErrors: true,
    ignored: (path) => !watched.has(path),
  });
  let comparing: Promise<void> = Promise.resolve();
  let isAsked = false;
  /** Once for all that happens before it begins. */
  const compare = (): void => {
    if (isAsked) {
      return;
    }
    isAsked = true;
    comparing = comparing
      .then(async () => {
        isAsked = false;
        (await disk.changes()).forEach(events.onHint);
      })
      .catch(events.onError);
  };
  // The library follows a file that was replaced only by what the folder says of it.
  watcher.on('raw', compare);
  watcher.on('all', compare);
  watcher.on('ready', () => {
    compare();
    events.onReady();
  });
  watcher.on('error', events.onError);
  return {
    async close() {
      await watcher.close();
      await comparing;
    },
  };
}
