import { utf8 } from '../base/bytes.ts';
import type { RecordId } from '../base/ids.ts';
import { createDisk } from './disk/disk.ts';
import { probeCaseInsensitive } from './disk/read-file.ts';
import { fingerprintOf, plainMode } from './ground/fingerprint.ts';
import type { NoteIndex } from './ground/noted-files.ts';
import { type SourceProblem, isOutOfStep } from './ground/problems.ts';
import { type Losses, type ScanReport, emptyCounts } from './ground/scan-report.ts';
import { createFollower } from './passes/follower.ts';
import { type KeptWatch, createKeptWatch } from './passes/kept-watch.ts';
import {
  type FolderSourceOptions,
  type Pause,
  type SourceState,
  createSourceState,
  inTransaction,
  reconcilerOf,
} from './passes/source-state.ts';
import { createTurns } from './passes/turns.ts';
import { type WholePasses, createWholePasses } from './passes/whole-passes.ts';
import { seeRecord } from './ground/records.ts';
import { oldCopiesAmong, removeOldCopies } from './reconcile/old-copies.ts';

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
  /**
   * A person waits for this path: it is looked at, and goes before others. in_step: as far as was noted. known: there is a
   * record, whose problem says the rest.
   */
  first(id: RecordId): Promise<'in_step' | 'known' | 'unknown'>;
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
const defaultQuietMs = 50;
const defaultRemovalDelayMs = 500;

export function createFolderSource(options: FolderSourceOptions): FolderSource {
  const state = openState(options, (id) => follower.recordChanged(id));
  const turns = createTurns({
    isBusy: () => follower.isBusy || watch.state === 'starting',
    isStopped: () => state.stopped,
    passFailed: (cause) => {
      options.told.passFailed(cause);
    },
    passEnded: () => {
      follower.passEnded();
    },
  });
  const requestScan = (thorough: boolean): void => turns.inBackground(passes.request(thorough));
  const watch = createKeptWatch(state, {
    onHint: (path) => {
      follower.hinted(path);
    },
    onFolder: () => {
      passes.requestSoon();
    },
    // What happened between the scan and now has given no hint.
    onReady: () => {
      requestScan(false);
    },
    onError: turns.wakeWhenIdle,
  });
  const follower = createFollower({
    ...{ state, turns, watch, requestScan },
    timing: {
      quietMs: options.tuning?.quietMs ?? defaultQuietMs,
      removalDelayMs: options.tuning?.removalDelayMs ?? defaultRemovalDelayMs,
    },
    isFollowing: () => passes.phase === 'following',
  });
  const { lookAgain } = follower;
  const passes = createWholePasses({ state, turns, watch, lookAgain });

  return {
    start: () => passes.request(true),
    rescan: () => passes.request(true),
    resume: () => passes.request(true, true),
    adopt: (linkId) =>
      turns.run(() => {
        forgetNotes(state);
        state.root.linkId = linkId;
        state.root.wasMarked = false;
        state.root.isAdopting = true;
        return passes.now(true, true);
      }),
    clean: (execute) =>
      turns.run(async () => {
        const copies = oldCopiesAmong(state.notes.files(options.link.root));
        if (execute) {
          await removeOldCopies(reconcilerOf(state, emptyCounts(), lookAgain), copies);
        }
        return copies;
      }),
    async first(id) {
      state.paths.large?.first(id);
      follower.recordChanged(id);
      // Passes go one after the other: once this turn comes, the path was looked at.
      await turns.run(() => Promise.resolve());
      return isNoted(state.notes, options.link.root, id) ? 'in_step' : knownAs(options.view, id);
    },
    ignoredBecause: (path) => state.paths.rules.reasonFor(path),
    recordChanged: follower.recordChanged,
    async stop() {
      state.stopped = true;
      passes.stop();
      follower.stop();
      await watch.close();
      await state.paths.large?.stop();
      await turns.ended();
      turns.wakeWhenIdle();
    },
    settled: turns.settled,
    status: () => statusOf(state, passes, watch),
  };
}

function statusOf(
  { options, root, losses, notes, problems, paths }: SourceState,
  passes: WholePasses,
  watch: KeptWatch,
): SourceStatus {
  return {
    root: options.link.root,
    state: passes.phase,
    watching: watch.state === 'ready',
    pause: root.paused,
    held: losses.held,
    files: notes.inStep - knownApart(problems.list(), losses.held, (path) => isNoted(notes, options.link.root, path)),
    problems: problems.list().map((problem) => withProgress(problem, paths.large)),
    lastScan: passes.last?.report,
    lastScanAtMs: passes.last?.atMs,
  };
}

/** What is on its way is as far as it is at this moment. */
function withProgress(problem: SourceProblem, large: SourceState['paths']['large']): SourceProblem {
  const progress = problem.code === 'large_moving' ? large?.progressOf(problem.path as RecordId) : undefined;
  return progress === undefined ? problem : { ...problem, happened: `${problem.happened} ${progress} is there.` };
}

/** A file that was in step once, and of which it is known that it is not now. */
function knownApart(
  problems: readonly SourceProblem[],
  { removed, replaced }: Losses,
  isNotedAs: (path: string) => boolean,
): number {
  const apart = problems.filter(isOutOfStep).map(({ path }) => path);
  return [...new Set<string>([...apart, ...removed, ...replaced])].filter(isNotedAs).length;
}

function knownAs(view: FolderSourceOptions['view'], id: RecordId): 'known' | 'unknown' {
  const { kind } = seeRecord(view, id, undefined).side;
  return kind === 'unknown' || kind === 'removed' ? 'unknown' : 'known';
}

function isNoted(notes: NoteIndex, root: string, path: string): boolean {
  return typeof notes.file(root, path)?.hash === 'string';
}

function openState(options: FolderSourceOptions, again: (id: RecordId) => void): SourceState {
  const { link, tuning } = options;
  const large = tuning?.large;
  if (tuning?.units !== undefined) {
    return createSourceState(options, tuning.units.disk);
  }
  const disk = createDisk({
    root: link.root,
    maximumFileBytes: tuning?.maximumFileBytes ?? defaultMaximumFileBytes,
    largestFileBytes: large && (() => large.maximumBytes()),
    wholeBinaryBytes: options.view.mapping.wholeBinaryBytes,
    takesLinks: link.takesLinks ?? false,
    caseInsensitive: tuning?.caseInsensitive ?? probeCaseInsensitive(link.root),
    writer: fingerprintOf(utf8(link.deviceId), plainMode).slice(0, 16),
  });
  return createSourceState(options, tuning?.disk?.(disk) ?? disk, again);
}

/** What was seen in another folder says nothing of this one. */
function forgetNotes(state: SourceState): void {
  const { notes, options } = state;
  inTransaction(state, () => {
    for (const { path } of notes.files(options.link.root)) {
      notes.removeFile(options.link.root, path);
    }
  });
}
