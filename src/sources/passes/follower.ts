import type { RecordId } from '../../base/ids.ts';
import { createHintQueue } from '../ground/hint-queue.ts';
import { createRetry } from '../ground/retry.ts';
import { idFromPath } from '../ground/safe-path.ts';
import { ignoreFileName, localIgnoreFileName } from '../reconcile/ignore-rules.ts';
import { bringInStep } from './bring-in-step.ts';
import { followHints } from './follow-hints.ts';
import { followRecords } from './follow-records.ts';
import type { KeptWatch } from './kept-watch.ts';
import type { SourceState } from './source-state.ts';
import type { Turns } from './turns.ts';

/** Files that are tried again at a time. */
const retriedFiles = 500;

/** Follows single files and records between the passes over the whole folder. */
export interface Follower {
  /** The disk tells that something happened there. */
  hinted(path: string): void;
  recordChanged(id: RecordId): void;
  /** Its file was not as it was expected. */
  lookAgain(id: RecordId): void;
  passEnded(): void;
  /** Something waits to be followed. */
  readonly isBusy: boolean;
  stop(): void;
}

export interface FollowerDeps {
  readonly state: SourceState;
  readonly turns: Turns;
  readonly watch: KeptWatch;
  readonly timing: { readonly quietMs: number; readonly removalDelayMs: number };
  /** False until the folder was read whole, and while it is not the right one. */
  isFollowing(): boolean;
  /** A pass over the whole folder is needed. */
  requestScan(thorough: boolean): void;
}

export function createFollower({ state, turns, watch, timing, isFollowing, requestScan }: FollowerDeps): Follower {
  const hints = createHintQueue(() => turns.inBackground(turns.run(followDueHints)));
  const retry = createRetry(() => turns.inBackground(turns.run(tryAgain)));
  let changedRecords = new Set<RecordId>();

  function lookAgain(id: RecordId): void {
    hints.touch(state.paths.names.diskPathOf(id), timing.quietMs);
  }

  async function followDueHints(): Promise<void> {
    if (!isFollowing() || state.stopped) {
      return;
    }
    await followHints(state, hints.take(), timing, (hint, delayMs) => hints.putBack(hint, delayMs));
    if (state.root.paused !== undefined) {
      requestScan(false);
    }
  }

  async function followChanged(): Promise<void> {
    const ids = [...changedRecords];
    changedRecords = new Set();
    if (isFollowing()) {
      await followRecords({ state, watch, follow, requestScan }, ids);
    }
  }

  async function follow(ids: readonly RecordId[]): Promise<void> {
    if (!(await bringInStep(state, ids, lookAgain))) {
      requestScan(false);
    }
  }

  async function tryAgain(): Promise<void> {
    if (!isFollowing() || state.stopped) {
      return;
    }
    const ids = [...state.paths.later].slice(0, retriedFiles);
    ids.forEach((id) => state.paths.later.delete(id));
    await follow(ids);
  }

  return {
    lookAgain,
    hinted(path) {
      if (state.stopped) {
        return;
      }
      if (path === ignoreFileName || path === localIgnoreFileName) {
        requestScan(true);
      } else if (!isIgnored(state, path)) {
        hints.touch(path, timing.quietMs);
      }
    },
    recordChanged(id) {
      if (state.stopped) {
        return;
      }
      changedRecords.add(id);
      if (changedRecords.size === 1) {
        turns.inBackground(turns.run(followChanged));
      }
    },
    passEnded() {
      if (state.paths.later.size > 0 && isFollowing() && !state.stopped) {
        retry.want();
      } else {
        retry.done();
      }
    },
    get isBusy() {
      return hints.size > 0 || changedRecords.size > 0;
    },
    stop() {
      retry.stop();
      hints.close();
    },
  };
}

function isIgnored({ paths }: SourceState, path: string): boolean {
  const id = idFromPath(path);
  return id !== undefined && paths.rules.ignores(id, false);
}
