import { type FolderWatch, type FolderWatchEvents, watchFolder } from '../disk/watch-folder.ts';
import type { SourceState } from './source-state.ts';

/** A watch over the folder that can be closed and opened again; none where its disk cannot be watched. */
export interface KeptWatch {
  open(): void;
  close(): Promise<void>;
  readonly state: 'none' | 'starting' | 'ready';
}

export interface WatchEvents {
  onHint(path: string): void;
  /** A folder appeared, of which there may be more than hints tell. */
  onFolder(): void;
  /** It watches from now on. */
  onReady(): void;
  /** It failed, and goes on where it can. */
  onError(): void;
}

export function createKeptWatch(state: SourceState, events: WatchEvents): KeptWatch {
  const { link, tuning } = state.options;
  let watch: FolderWatch | undefined;
  let standing: KeptWatch['state'] = 'none';

  return {
    get state() {
      return standing;
    },
    open() {
      if (watch !== undefined || tuning?.watch === false) {
        return;
      }
      standing = 'starting';
      const told: FolderWatchEvents = {
        onHint: (path) => {
          events.onHint(path);
        },
        onFolder: () => {
          events.onFolder();
        },
        onReady() {
          if (watch === opened) {
            standing = 'ready';
            events.onReady();
          }
        },
        onError(error) {
          standing = standing === 'starting' ? 'none' : standing;
          state.problems.report('watch_failed', '', error instanceof Error ? error.message : undefined);
          events.onError();
        },
      };
      const opened =
        tuning?.units?.watch(told) ?? watchFolder(link.root, (path) => state.paths.rules.ignores(path, true), told);
      watch = opened;
    },
    async close() {
      const closing = watch;
      watch = undefined;
      standing = 'none';
      await closing?.close();
    },
  };
}
