import { watch } from 'chokidar';
import type { FolderWatch, FolderWatchEvents } from '../disk/watch-folder.ts';
import type { UnitDisk } from './unit-disk.ts';

/** Watches the files of a place; what changed in one is told unit by unit. */
export function watchPlace(
  paths: readonly string[],
  disk: Pick<UnitDisk, 'changes'>,
  events: FolderWatchEvents,
): FolderWatch {
  const watcher = watch([...paths], { ignoreInitial: true, depth: 0, ignorePermissionErrors: true });
  let comparing: Promise<void> = Promise.resolve();
  const compare = (): void => {
    comparing = comparing.then(async () => (await disk.changes()).forEach(events.onHint)).catch(events.onError);
  };
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
