import { utf8 } from '../base/bytes.ts';
import type { RecordId } from '../base/ids.ts';
import { createDisk } from './disk.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followHints } from './follow-hints.ts';
import { createHintQueue } from './hint-queue.ts';
import { ignoreFileName } from './ignore-rules.ts';
import type { SourceProblem } from './problems.ts';
import { probeCaseInsensitive } from './read-file.ts';
import { reconcile } from './reconcile.ts';
import { idFromPath } from './safe-path.ts';
import { scan } from './scan.ts';
import { type HeldRecords, type ScanReport, emptyCounts } from './scan-report.ts';
import {
  type FolderSourceOptions,
  createSourceState,
  judgeRemovals,
  judgeRewrites,
  reconcilerOf,
} from './source-state.ts';
import { type FolderWatch, watchFolder } from './watch-folder.ts';

/** Keeps one folder and one collection in step, both ways. */
export interface FolderSource {
  /** Reads the folder whole and begins to watch it. Resolves when file and record agree wherever they can. */
  start(): Promise<ScanReport>;
  /** Tells that a record is not what it was; its file follows. */
  recordChanged(id: RecordId): void;
  /** Compares every file with every record; calls that come together share one pass. */
  rescan(): Promise<ScanReport>;
  /** Ends after the pass that is running; nothing is begun any more. */
  stop(): Promise<void>;
  /** Resolves once nothing is running or waiting that a hint or a changed record has caused. */
  settled(): Promise<void>;
  status(): SourceStatus;
}

export interface SourceStatus {
  readonly root: string;
  /** paused: the root is not there. */
  readonly state: 'new' | 'following' | 'paused' | 'stopped';
  /** False when changes are found by the regular pass only. */
  readonly watching: boolean;
  readonly held: HeldRecords | undefined;
  /** Files whose change waits for a person's word. */
  readonly rewritesHeld: number;
  readonly problems: readonly SourceProblem[];
  readonly lastScan: ScanReport | undefined;
}

const defaultMaximumFileBytes = 1024 * 1024;
const defaultRescanEveryMs = 60_000;
const defaultQuietMs = 50;
const defaultRemovalDelayMs = 500;
const newFolderDelayMs = 1000;
/** A watcher told of so many writes of our own costs more than the scan that follows its return. */
const bulkRecords = 200;

export function createFolderSource(options: FolderSourceOptions): FolderSource {
  const disk = createDisk({
    root: options.root,
    maximumFileBytes: options.maximumFileBytes ?? defaultMaximumFileBytes,
    caseInsensitive: options.caseInsensitive ?? probeCaseInsensitive(options.root),
    writer: fingerprintOf(utf8(options.deviceId), false).slice(0, 16),
  });
  const state = createSourceState(options, options.disk?.(disk) ?? disk);
  const timing = {
    quietMs: options.quietMs ?? defaultQuietMs,
    removalDelayMs: options.removalDelayMs ?? defaultRemovalDelayMs,
  };
  const rescanEveryMs = options.rescanEveryMs ?? defaultRescanEveryMs;

  let phase: SourceStatus['state'] = 'new';
  let lastScan: ScanReport | undefined;
  let watch: FolderWatch | undefined;
  let watchState: 'none' | 'starting' | 'ready' = 'none';
  let waitingScan: { thorough: boolean; readonly report: Promise<ScanReport> } | undefined;
  let nextScan: NodeJS.Timeout | undefined;
  let soonScan: NodeJS.Timeout | undefined;
  let changedRecords = new Set<RecordId>();
  let running = 0;
  let lastPass: Promise<unknown> = Promise.resolve();
  let idleWaiters: (() => void)[] = [];

  const hints = createHintQueue(() => void exclusively(followDueHints));

  function lookAgain(id: RecordId): void {
    hints.touch(state.names.diskPathOf(id), timing.quietMs);
  }

  /** Passes run one after the other: two that look at one path would each undo the other. */
  function exclusively<T>(pass: () => Promise<T>): Promise<T> {
    running++;
    const result = lastPass.then(pass);
    lastPass = result.then(passEnded, passEnded);
    return result;
  }

  function passEnded(): void {
    running--;
    wakeWhenIdle();
  }

  function isIdle(): boolean {
    return running === 0 && hints.size === 0 && changedRecords.size === 0 && watchState !== 'starting';
  }

  function wakeWhenIdle(): void {
    if (isIdle() || state.stopped) {
      const waiters = idleWaiters;
      idleWaiters = [];
      for (const wake of waiters) {
        wake();
      }
    }
  }

  function requestScan(thorough: boolean): Promise<ScanReport> {
    if (waitingScan !== undefined) {
      waitingScan.thorough ||= thorough;
      return waitingScan.report;
    }
    const report = exclusively(() => {
      const asked = waitingScan?.thorough ?? thorough;
      waitingScan = undefined;
      return scanNow(asked);
    });
    waitingScan = { thorough, report };
    return report;
  }

  async function scanNow(thorough: boolean): Promise<ScanReport> {
    const resuming = phase !== 'following' || state.rootIdentity === undefined;
    const before = state.rootIdentity;
    lastScan = await scan(state, thorough || resuming, lookAgain);
    if (state.stopped) {
      return lastScan;
    }
    if (lastScan.outcome === 'paused') {
      phase = 'paused';
      await closeWatch();
    } else {
      phase = 'following';
      if (before !== undefined && before !== state.rootIdentity) {
        await closeWatch();
      }
      openWatch();
    }
    clearTimeout(nextScan);
    nextScan = setTimeout(() => void requestScan(false), rescanEveryMs).unref();
    return lastScan;
  }

  function openWatch(): void {
    if (watch !== undefined || options.watch === false) {
      return;
    }
    watchState = 'starting';
    const opened = watchFolder(options.root, (path) => state.rules.ignores(path, true), {
      onHint: hinted,
      onFolder(): void {
        clearTimeout(soonScan);
        soonScan = setTimeout(() => void requestScan(false), newFolderDelayMs).unref();
      },
      onReady(): void {
        if (watch === opened) {
          watchState = 'ready';
          // What happened between the scan and now has given no hint.
          void requestScan(false);
        }
      },
      onError(error): void {
        watchState = watchState === 'starting' ? 'none' : watchState;
        state.problems.report('watch_failed', '', error instanceof Error ? error.message : undefined);
        wakeWhenIdle();
      },
    });
    watch = opened;
  }

  async function closeWatch(): Promise<void> {
    const closing = watch;
    watch = undefined;
    watchState = 'none';
    await closing?.close();
  }

  function hinted(path: string): void {
    if (state.stopped) {
      return;
    }
    if (path === ignoreFileName) {
      void requestScan(true);
      return;
    }
    const id = idFromPath(path);
    if (id !== undefined && !state.rules.ignores(id, false)) {
      hints.touch(path, timing.quietMs);
    }
  }

  async function followDueHints(): Promise<void> {
    if (phase !== 'following' || state.stopped) {
      return;
    }
    await followHints(state, hints.take(), timing, (hint, delayMs) => hints.putBack(hint, delayMs));
    if (!disk.root().ok) {
      void requestScan(false);
    }
  }

  async function followRecords(): Promise<void> {
    const ids = [...changedRecords];
    changedRecords = new Set();
    const root = state.disk.root();
    if (phase !== 'following' || !root.ok) {
      return;
    }
    const bulk = ids.length > bulkRecords;
    if (bulk) {
      await closeWatch();
    }
    const reconciler = reconcilerOf(state, emptyCounts(), lookAgain);
    const removals = await reconcile(reconciler, ids);
    await judgeRewrites(state, lookAgain, false);
    if (bulk && !state.stopped) {
      openWatch();
    }
    if (removals.length > 0) {
      await judgeRemovals(state, reconciler, [...new Set([...removals, ...(state.held?.ids ?? [])])], root.value);
    }
  }

  return {
    start: () => requestScan(true),
    rescan: () => requestScan(true),
    recordChanged(id): void {
      if (state.stopped) {
        return;
      }
      changedRecords.add(id);
      if (changedRecords.size === 1) {
        void exclusively(followRecords);
      }
    },
    async stop(): Promise<void> {
      state.stopped = true;
      phase = 'stopped';
      clearTimeout(nextScan);
      clearTimeout(soonScan);
      hints.close();
      await closeWatch();
      await lastPass;
      wakeWhenIdle();
    },
    settled: () => (isIdle() ? Promise.resolve() : new Promise((wake) => idleWaiters.push(wake))),
    status: () => ({
      root: options.root,
      state: phase,
      watching: watchState === 'ready',
      held: state.held,
      rewritesHeld: state.rewrites.held().length,
      problems: state.problems.list(),
      lastScan,
    }),
  };
}
