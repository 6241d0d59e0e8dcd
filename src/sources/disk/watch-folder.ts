import { join, relative, sep } from 'node:path';
import { watch } from 'chokidar';

export interface FolderWatch {
  close(): Promise<void>;
}

export interface FolderWatchEvents {
  /** Something may have happened to this path (below the root, `/` between names). */
  onHint(path: string): void;
  /** A folder appeared: what was put into it before it was watched has given no hint. */
  onFolder(): void;
  onReady(): void;
  onError(error: unknown): void;
}

/**
 * Watches folders, not files: one watch a folder reports changes of all its files, where one a file would run into the
 * system's limit. What it says is a hint, never the truth.
 */
export function watchFolder(root: string, skips: (path: string) => boolean, events: FolderWatchEvents): FolderWatch {
  const below = (path: string): string => relative(root, path).split(sep).join('/');
  let ready = false;
  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    ignored: (path, stats) => {
      const inside = below(path);
      // Of a root that is gone the watcher looks at the folder above, to see it return: that is looked for elsewhere.
      return inside !== '' && (isOutside(inside) || stats?.isDirectory() === false || skips(inside));
    },
  });
  watcher.on('raw', (_event, name: string | null, details) => {
    const { watchedPath } = details as { readonly watchedPath?: string };
    const hint = watchedPath === undefined || typeof name !== 'string' ? '..' : below(join(watchedPath, name));
    if (!isOutside(hint)) {
      events.onHint(hint);
    }
  });
  watcher.on('addDir', () => {
    if (ready) {
      events.onFolder();
    }
  });
  watcher.on('ready', () => {
    ready = true;
    events.onReady();
  });
  watcher.on('error', events.onError);
  return { close: () => watcher.close() };
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../');
}
