import { utf8 } from '../base/bytes.ts';
import type { RecordId } from '../base/ids.ts';
import { bringInStep } from './passes/bring-in-step.ts';
import { createDisk } from './disk/disk.ts';
import { fingerprintOf, plainMode } from './ground/fingerprint.ts';
import { followHints } from './passes/follow-hints.ts';
import { createHintQueue } from './ground/hint-queue.ts';
import { ignoreFileName, localIgnoreFileName } from './reconcile/ignore-rules.ts';
import { oldCopiesAmong, removeOldCopies } from './reconcile/old-copies.ts';
import type { SourceProblem } from './ground/problems.ts';
import { probeCaseInsensitive } from './disk/read-file.ts';
import { idFromPath } from './ground/safe-path.ts';
import { scan } from './passes/scan.ts';
import { type Retry, createRetry } from './ground/retry.ts';
import { type Losses, type ScanReport, emptyCounts } from './ground/scan-report.ts';
import {
  type FolderSourceOptions,
  type Pause,
  createSourceState,
  inTransaction,
  reconcilerOf,
} from './passes/source-state.ts';
import { type FolderWatch, watchFolder } from './disk/watch-folder.ts';

/** Keeps one folder and one collection in step, both ways. */
export interface FolderSource {
  /** Reads the folder whole and begins to watch it. Resolves when file and record agree wherever they can. */
  start(): Promise<ScanReport>;
  /** Tells that a record is not what it was; its file follows. */
  recordChanged(id: RecordId): void;
  /** Compares every file with every record; calls that come together share one pass. */
  rescan(): Promise<ScanReport>;
  /** A person says that the folder may be the right one again: it is looked at anew. */
  resume(): Promise<ScanReport>;
  /**
   * A person says that this folder is the one from here on, under a mark of its own: missing files are written, and
   * nothing is removed. The folder that was linked before is another one then.
   */
  adopt(linkId: string): Promise<ScanReport>;
  /** Copies that an earlier version put beside their files; removed where it is to. */
  clean(execute: boolean): Promise<readonly RecordId[]>;
  /** Why a file is not synced, in words; undefined for one that is not ignored. */
  ignoredBecause(path: string): string | undefined;
  /** Ends after the pass that is running; nothing is begun any more. */
  stop(): Promise<void>;
  /** Resolves once nothing is running or waiting that a hint or a changed record has caused. */
  settled(): Promise<void>;
  status(): SourceStatus;
}

export interface SourceStatus {
  readonly root: string;
  /** scanning: the folder is read whole for the first time. paused: the root is not the known one. */
  readonly state: 'scanning' | 'following' | 'paused' | 'stopped';
  readonly pause: Pause | undefined;
  /** False when changes are found by the regular pass only. */
  readonly watching: boolean;
  /** What waits for a person's word. */
  readonly held: Losses;
  /** Files that are in step with their records. */
  readonly files: number;
  readonly problems: readonly SourceProblem[];
  readonly lastScan: ScanReport | undefined;
  /** Milliseconds since 1970. */
  readonly lastScanAtMs: number | undefined;
}

export const defaultMaximumFileBytes: number = 1024 * 1024;
const defaultRescanEveryMs = 60_000;
const defaultQuietMs = 50;
const defaultRemovalDelayMs = 500;
const newFolderDelayMs = 1000;
/** A watcher told of so many writes of our own costs more than the scan that follows its return. */
const bulkRecords = 200;
/** How often a folder that is not the right one is looked for. */
const rootEveryMs = 2000;
/** Files that are tried again at a time. */
const retriedFiles = 500;

export function createFolderSource(options: FolderSourceOptions): FolderSource {
  const disk = createDisk({
    root: options.root,
    maximumFileBytes: options.maximumFileBytes ?? defaultMaximumFileBytes,
    takesLinks: options.takesLinks ?? false,
    caseInsensitive: options.caseInsensitive ?? probeCaseInsensitive(options.root),
    writer: fingerprintOf(utf8(options.deviceId), plainMode).slice(0, 16),
  });
  const state = createSourceState(options, options.disk?.(disk) ?? disk);
  const timing = {
    quietMs: options.quietMs ?? defaultQuietMs,
    removalDelayMs: options.removalDelayMs ?? defaultRemovalDelayMs,
  };
  const rescanEveryMs = options.rescanEveryMs ?? defaultRescanEveryMs;

  let phase: SourceStatus['state'] = 'scanning';
  let lastScan: ScanReport | undefined;
  let lastScanAtMs: number | undefined;
  let watch: FolderWatch | undefined;
  let watchState: 'none' | 'starting' | 'ready' = 'none';
  let waitingScan: { thorough: boolean; isAsked: boolean; readonly report: Promise<ScanReport> } | undefined;
  let nextScan: NodeJS.Timeout | undefined;
  let soonScan: NodeJS.Timeout | undefined;
  let rootCheck: NodeJS.Timeout | undefined;
  let changedRecords = new Set<RecordId>();
  let running = 0;
  let lastPass: Promise<unknown> = Promise.resolve();
  let idleWaiters: (() => void)[] = [];

  const hints = createHintQueue(() => inBackground(exclusively(followDueHints)));
  const retry: Retry = createRetry(() => inBackground(exclusively(tryAgain)));

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

  /** Nobody waits for it: where it fails, the next whole pass finds what it had found. */
  function inBackground(pass: Promise<unknown>): void {
    pass.catch((cause: unknown) => {
      options.passFailed(cause);
    });
  }

  function passEnded(): void {
    running--;
    if (state.later.size > 0 && phase === 'following' && !state.stopped) {
      retry.want();
    } else {
      retry.done();
    }
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

  function requestScan(thorough: boolean, isAsked = false): Promise<ScanReport> {
    if (waitingScan !== undefined) {
      waitingScan.thorough ||= thorough;
      waitingScan.isAsked ||= isAsked;
      return waitingScan.report;
    }
    const report = exclusively(() => {
      const asked = waitingScan ?? { thorough, isAsked };
      waitingScan = undefined;
      return scanNow(asked.thorough, asked.isAsked);
    });
    waitingScan = { thorough, isAsked, report };
    return report;
  }

  async function scanNow(thorough: boolean, isAsked: boolean): Promise<ScanReport> {
    const isResuming = phase !== 'following';
    const before = state.rules;
    // One that fails is followed by another too.
    planScan();
    lastScan = await scan(state, { thorough: thorough || isResuming, isAsked }, lookAgain);
    lastScanAtMs = options.nowMs();
    if (state.stopped) {
      return lastScan;
    }
    if (lastScan.outcome === 'paused') {
      phase = 'paused';
      await closeWatch();
      clearTimeout(rootCheck);
      rootCheck = setTimeout(lookForRoot, rootEveryMs).unref();
    } else {
      phase = 'following';
      if (isResuming) {
        await closeWatch();
      }
      openWatch();
    }
    planScan();
    if (before.text !== state.rules.text && !thorough && !isResuming) {
      inBackground(requestScan(true));
    }
    return lastScan;
  }

  function planScan(): void {
    clearTimeout(nextScan);
    if (!state.stopped) {
      nextScan = setTimeout(() => inBackground(requestScan(false)), rescanEveryMs).unref();
    }
  }

  /** The right folder is known by its mark; of a path where nothing was, anything that appears is looked at once. */
  function lookForRoot(): void {
    if (phase !== 'paused') {
      return;
    }
    const seen = disk.root();
    const wasStrange = state.paused?.reason === 'root_unknown' || state.paused?.reason === 'root_of_another';
    if (seen.ok && (!wasStrange || seen.value.marks.includes(state.linkId))) {
      inBackground(requestScan(true));
    } else {
      rootCheck = setTimeout(lookForRoot, rootEveryMs).unref();
    }
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
        soonScan = setTimeout(() => inBackground(requestScan(false)), newFolderDelayMs).unref();
      },
      onReady(): void {
        if (watch === opened) {
          watchState = 'ready';
          // What happened between the scan and now has given no hint.
          inBackground(requestScan(false));
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
    if (path === ignoreFileName || path === localIgnoreFileName) {
      inBackground(requestScan(true));
      return;
    }
    const id = idFromPath(path);
    if (id === undefined || !state.rules.ignores(id, false)) {
      hints.touch(path, timing.quietMs);
    }
  }

  async function followDueHints(): Promise<void> {
    if (phase !== 'following' || state.stopped) {
      return;
    }
    await followHints(state, hints.take(), timing, (hint, delayMs) => hints.putBack(hint, delayMs));
    if (state.paused !== undefined) {
      inBackground(requestScan(false));
    }
  }

  async function followRecords(): Promise<void> {
    const ids = [...changedRecords];
    changedRecords = new Set();
    if (phase !== 'following') {
      return;
    }
    const bulk = ids.length > bulkRecords;
    if (bulk) {
      await closeWatch();
    }
    await follow(ids);
    if (bulk && !state.stopped) {
      openWatch();
    }
    if (ids.some((id) => id === ignoreFileName)) {
      inBackground(requestScan(true));
    }
  }

  async function follow(ids: readonly RecordId[]): Promise<void> {
    if (!(await bringInStep(state, ids, lookAgain))) {
      inBackground(requestScan(false));
    }
  }

  async function tryAgain(): Promise<void> {
    if (phase !== 'following' || state.stopped) {
      return;
    }
    const ids = [...state.later].slice(0, retriedFiles);
    for (const id of ids) {
      state.later.delete(id);
    }
    await follow(ids);
  }

  /** What was seen in another folder says nothing of this one. */
  function forgetNotes(): void {
    const { notes } = state;
    inTransaction(state, () => {
      for (const { path } of notes.files(options.root)) {
        notes.removeFile(options.root, path);
      }
    });
  }

  return {
    start: () => requestScan(true),
    rescan: () => requestScan(true),
    resume: () => requestScan(true, true),
    adopt(linkId): Promise<ScanReport> {
      return exclusively(() => {
        forgetNotes();
        state.linkId = linkId;
        state.wasMarked = false;
        state.isAdopting = true;
        return scanNow(true, true);
      });
    },
    clean(execute): Promise<readonly RecordId[]> {
      return exclusively(async () => {
        const copies = oldCopiesAmong(state.notes.files(options.root));
        if (execute) {
          await removeOldCopies(reconcilerOf(state, emptyCounts(), lookAgain), copies);
        }
        return copies;
      });
    },
    ignoredBecause: (path) => state.rules.reasonFor(path),
    recordChanged(id): void {
      if (state.stopped) {
        return;
      }
      changedRecords.add(id);
      if (changedRecords.size === 1) {
        inBackground(exclusively(followRecords));
      }
    },
    async stop(): Promise<void> {
      state.stopped = true;
      phase = 'stopped';
      clearTimeout(nextScan);
      clearTimeout(soonScan);
      clearTimeout(rootCheck);
      retry.stop();
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
      pause: state.paused,
      held: state.held,
      files: state.notes.inStep,
      problems: state.problems.list(),
      lastScan,
      lastScanAtMs,
    }),
  };
}
