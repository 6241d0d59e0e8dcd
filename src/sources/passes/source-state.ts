import type { DeviceId, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LinkTable } from '../../store/ground/link-table.ts';
import type { Disk } from '../disk/disk-port.ts';
import type { FileLook } from '../ground/file-look.ts';
import type { LargeDisk } from '../disk/large-disk-port.ts';
import type { LargeFiles } from '../ground/large-files.ts';
import type { FolderWatch, FolderWatchEvents } from '../disk/watch-folder.ts';
import type { Gathering } from './gathering.ts';
import { createGoingBack } from './going-back.ts';
import { type IgnoreRules, createIgnoreRules, ignoreFileName } from '../reconcile/ignore-rules.ts';
import { heldIgnoreChange } from './judge-ignore.ts';
import type { IgnoreChange } from '../reconcile/ignore-change.ts';
import type { RootFault } from '../ground/judge-root.ts';
import { type NameTable, createNameTable } from '../ground/names.ts';
import { type NoteIndex, createNoteIndex } from '../ground/noted-files.ts';
import type { Observation } from '../reconcile/observation.ts';
import type { RecordView } from '../ground/records.ts';
import { type ProblemLog, type SourceProblem, createProblemLog } from '../ground/problems.ts';
import type { Reconciler, WhenToPublish } from '../reconcile/reconciler.ts';
import { type Losses, type PassCounts, noLosses } from '../ground/scan-report.ts';
import type { LossWord, LossAnswer } from '../ground/loss-answer.ts';

export interface FolderSourceOptions {
  readonly link: FolderLink;
  /** What its files are as records. */
  readonly view: RecordView;
  readonly store: FolderStore;
  readonly told: FolderTold;
  nowMs(): number;
  /** Without it nothing of the link is known from before, and nothing of it is remembered. */
  readonly memory?: LinkMemory;
  readonly losses?: LossWords;
  readonly tuning?: FolderTuning;
}

export interface FolderLink {
  /** A real path that `checkRoot` has passed; the name under which the links are kept. */
  readonly root: string;
  /** What the link's mark in its root is called: 32 hex digits. */
  readonly linkId: string;
  /** Whose temporary files are its own to sweep: other homes may write into the same folder. */
  readonly deviceId: DeviceId;
  /** A person allows that symbolic links which stay inside the root travel as such. */
  readonly takesLinks?: boolean;
}

export interface FolderStore {
  readonly links: LinkTable;
  /** The transaction of the store behind `links`; without it every link is its own. */
  transaction?<T>(work: () => T): T;
}

export interface FolderTold {
  /** Called once for each problem when it appears. */
  onProblem(problem: SourceProblem): void;
  /** A pass that nobody waits for ended with an exception: the store could not be written or read. */
  passFailed(cause: unknown): void;
}

/** What a link knows of itself over a restart. */
export interface LinkMemory {
  /** The link has left its mark in a root before. */
  readonly wasMarked?: boolean;
  /** The link has left its mark. */
  marked?(): void;
  /** The link stood still when it was last heard of. */
  readonly paused?: Pause | undefined;
  /** The link stands still from here on, or goes on. */
  pauseChanged?(paused: Pause | undefined): void;
  /** A person said that what lies in the folder is theirs, and it has not been read whole since. */
  readonly adopting?: boolean;
  /** The folder was read whole as its person's. */
  adopted?(): void;
  mayPublish?(): WhenToPublish;
  /** True while what was noted of files may be older than they are. */
  doubtsNotes?(): boolean;
  /** The folder was read whole, and what was published is what its files say. */
  trusted?(): void;
}

/** What is lost in a folder, and what a person says of it. */
export interface LossWords {
  /** True where `after` leaves next to nothing of `before`; without it no change of a file is a loss. */
  isLoss?(id: RecordId, before: JsonObject, after: JsonObject): boolean;
  /** What becomes of losses: a person may have to say; without it they are held. */
  wordOnLosses?(losses: Losses, about: { readonly inStep: number; readonly isWhole: boolean }): LossWord | LossAnswer;
  /** The person's word about rules of another device that change much here; without it they are held. */
  wordOnIgnore?(change: IgnoreChange): LossWord;
  /** Whatever was asked about such rules is so no more. */
  ignoreSettled?(): void;
  /** Many files are about to go back to what they were. */
  goingBack?(files: number): void;
}

/** How large files of a folder are moved. */
export interface LargeFolder {
  /** What is larger is left alone. */
  maximumBytes(): number;
  /** `again` is called with paths for which something is there that was not yet. */
  open(disk: LargeDisk, again: (id: RecordId) => void): LargeFiles;
}

/** What is usual for a folder and its disk, where it is to be otherwise. */
export interface FolderTuning {
  readonly maximumFileBytes?: number;
  readonly rescanEveryMs?: number;
  /** A file is taken once it has been quiet for so long. */
  readonly quietMs?: number;
  /** A file that is gone is taken for removed after so long: editors delete and recreate. */
  readonly removalDelayMs?: number;
  /** False for disks that cannot be watched (most network disks): changes are found by the regular pass alone. */
  readonly watch?: boolean;
  /** For disks that the probe misjudges. */
  readonly caseInsensitive?: boolean;
  /** For tests: another disk over the same root. */
  disk?(disk: Disk): Disk;
  /** Without it what is not read whole is left alone. */
  readonly large?: LargeFolder;
  /** Units of a place stand for the files of a folder: there is no folder at the root then. */
  readonly units?: { readonly disk: Disk; watch(events: FolderWatchEvents): FolderWatch };
}

export interface Pause {
  readonly reason: RootFault;
  readonly sinceMs: number;
}

/** What a source knows while it lives; passes change it one after the other. */
export interface SourceState {
  readonly options: FolderSourceOptions;
  readonly disk: Disk;
  readonly problems: ProblemLog;
  readonly notes: NoteIndex;
  readonly paths: PathState;
  readonly losses: LossState;
  readonly root: RootState;
  stopped: boolean;
}

/** What is known of the paths below the root. */
interface PathState {
  names: NameTable;
  rules: IgnoreRules;
  /** What was last seen of files that need nothing; equal looks are not read again, once they are old enough. */
  readonly seen: Map<string, { readonly identity: string; readonly steady: boolean }>;
  /** To be tried again before long: what was in the way may be gone. */
  readonly later: Set<RecordId>;
  /** Who moves the files that are not read whole. */
  readonly large: LargeFiles | undefined;
}

interface LossState {
  held: Losses;
  /** Losses of a burst that has not come to its end. */
  gathering: Gathering | undefined;
  /** Losses that were few so far. */
  wentAtOnce: Pick<Gathering, 'ids' | 'grewMs'> | undefined;
}

/** Whether the root is the folder that was linked. */
interface RootState {
  /** What the link's mark is called. */
  linkId: string;
  wasMarked: boolean;
  paused: Pause | undefined;
  isAdopting: boolean;
}

/** Two writes within this time may leave the same times on a file, so that equal looks prove nothing. */
const coarsestClockMs = 2000;

export function createSourceState(
  options: FolderSourceOptions,
  disk: Disk,
  again: (id: RecordId) => void = () => undefined,
): SourceState {
  const { memory } = options;
  return {
    options,
    disk,
    problems: createProblemLog(
      (problem) => options.told.onProblem(problem),
      () => options.nowMs(),
    ),
    notes: createNoteIndex(options.store.links, options.link.root),
    paths: {
      names: createNameTable(disk.caseInsensitive),
      rules: createIgnoreRules('', '', disk.caseInsensitive),
      seen: new Map(),
      later: new Set(),
      large: disk.large && options.tuning?.large?.open(disk.large, again),
    },
    losses: { held: noLosses, gathering: undefined, wentAtOnce: undefined },
    root: {
      linkId: options.link.linkId,
      wasMarked: memory?.wasMarked ?? false,
      paused: memory?.paused,
      isAdopting: memory?.adopting ?? false,
    },
    stopped: false,
  };
}

/** The reconciler of one pass; `again` is called with ids that need another look soon. */
export function reconcilerOf(state: SourceState, counts: PassCounts, again: (id: RecordId) => void): Reconciler {
  const { options, disk, problems } = state;
  const { view, losses } = options;
  return {
    root: options.link.root,
    disk,
    problems,
    counts,
    view,
    links: state.notes,
    isAdopting: state.root.isAdopting,
    names: () => state.paths.names,
    rules: () => state.paths.rules,
    large: state.paths.large,
    mayTell: () => (options.memory?.mayPublish?.() ?? 'now') === 'now',
    mayPublish: () => options.memory?.mayPublish?.() ?? 'now',
    isDoubting: options.memory?.doubtsNotes?.() ?? false,
    transaction: (work) => inTransaction(state, work),
    wordOnWrite: (observation) => wordOnWrite(state, observation),
    isLoss: (id, before, after) => losses?.isLoss?.(id, before, after) ?? false,
    beforeEdits: createGoingBack(view, losses?.goingBack),
    settledAt: (id, look) => noteSeen(state, id, look),
    revisit(id, when): void {
      state.paths.seen.delete(id);
      if (when === 'again') {
        again(id);
      } else {
        state.paths.later.add(id);
      }
    },
    stopped: () => state.stopped,
  };
}

export function isUnchanged(state: SourceState, id: string, look: FileLook): boolean {
  const seen = state.paths.seen.get(id);
  return seen !== undefined && seen.steady && seen.identity === look.identity;
}

/** Rules of what to ignore may wait for a person; whatever else another device wrote is written. */
async function wordOnWrite(state: SourceState, observation: Observation): Promise<LossWord> {
  if (observation.id !== ignoreFileName) {
    return 'go';
  }
  const change = await heldIgnoreChange(state, observation);
  if (change === undefined) {
    state.options.losses?.ignoreSettled?.();
    return 'go';
  }
  const word = state.options.losses?.wordOnIgnore?.(change) ?? 'held';
  if (word === 'held') {
    const { shown, leftOut } = change;
    const names = [...shown, ...leftOut].slice(0, 3).join(', ');
    const detail = `${shown.length} files more would be synced, ${leftOut.length} would be left out: ${names}`;
    state.problems.report('ignore_held', ignoreFileName, detail);
  }
  return word;
}

export function inTransaction<T>({ options, notes }: SourceState, work: () => T): T {
  try {
    return options.store.transaction === undefined ? work() : options.store.transaction(work);
  } catch (cause) {
    notes.forget();
    throw cause;
  }
}

function noteSeen(state: SourceState, id: string, look: FileLook): void {
  const ageMs = state.options.nowMs() - Math.max(look.changedMs, look.modifiedMs);
  state.paths.seen.set(id, { identity: look.identity, steady: ageMs > coarsestClockMs });
}
