import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CollectionName, DeviceId, EngineId, RecordId } from '../base/ids.ts';
import type { FileMapping } from '../contract/engine.ts';
import type { BrakeSetting } from '../policy/brake.ts';
import type { FolderWord } from '../replica/folder-hold.ts';
import type { LinkTable } from '../store/port.ts';
import type { Disk, FileLook } from './disk.ts';
import { type IgnoreRules, createIgnoreRules, ignoreFileName } from './ignore-rules.ts';
import { type NameTable, createNameTable } from './names.ts';
import type { RecordPort } from './port.ts';
import { type ProblemLog, type SourceProblem, createProblemLog } from './problems.ts';
import { putBack, reconcile, removeRecords } from './reconcile.ts';
import type { Reconciler } from './reconciler.ts';
import { type RemovalBrake, createRemovalBrake } from './removal-brake.ts';
import { type RewriteBrake, createRewriteBrake } from './rewrite-brake.ts';
import { type HeldRecords, type PassCounts, emptyCounts } from './scan-report.ts';

export interface FolderSourceOptions {
  /** A real path that `checkRoot` has passed; the name under which the links are kept. */
  readonly root: string;
  readonly engineId: EngineId;
  /** Whose temporary files are its own to sweep: other homes may write into the same folder. */
  readonly deviceId: DeviceId;
  readonly collection: CollectionName;
  readonly mapping: FileMapping;
  /** JSON pointers of fields that merge as text. */
  readonly textPaths: readonly string[];
  readonly records: RecordPort;
  readonly links: LinkTable;
  /** Called once for each problem when it appears. */
  onProblem(problem: SourceProblem): void;
  nowMs(): number;
  /** The transaction of the store behind `links`; without it every link is its own. */
  transaction?<T>(work: () => T): T;
  readonly maximumFileBytes?: number;
  readonly rescanEveryMs?: number;
  /** A file is taken once it has been quiet for so long. */
  readonly quietMs?: number;
  /** A file that is gone is taken for removed after so long: editors delete and recreate. */
  readonly removalDelayMs?: number;
  /** How many files may be gone at once without being held; as for the class high unless told. */
  removalBrake?(): BrakeSetting;
  /** The person's word about removals that are held; without it they stay held. */
  wordOnRemovals?(held: HeldRecords): FolderWord;
  /** Nothing is held any longer, though nobody decided: the files are back. */
  removalsDropped?(): void;
  /** The person's word about files that were changed at once and are held; without it they stay held. */
  wordOnRewrites?(held: HeldRecords): FolderWord;
  /** A person was asked about such files and has not been obeyed yet, in this process or one before. */
  isAskedAboutRewrites?(): boolean;
  /** No file is held any longer, though nobody decided. */
  rewritesDropped?(): void;
  /** False for disks that cannot be watched (most network disks): changes are found by the regular pass alone. */
  readonly watch?: boolean;
  /** For disks that the probe misjudges. */
  readonly caseInsensitive?: boolean;
  /** For tests: another disk over the same root. */
  disk?(disk: Disk): Disk;
}

/** What a source knows while it lives; passes change it one after the other. */
export interface SourceState {
  readonly options: FolderSourceOptions;
  readonly disk: Disk;
  readonly problems: ProblemLog;
  readonly brake: RemovalBrake;
  readonly rewrites: RewriteBrake;
  names: NameTable;
  rules: IgnoreRules;
  /** What was last seen of files that need nothing; equal looks are not read again, once they are old enough. */
  readonly seen: Map<string, { readonly identity: string; readonly steady: boolean }>;
  /** To be tried again on the next pass. */
  readonly later: Set<RecordId>;
  held: HeldRecords | undefined;
  /** Identity of the root folder when it was last read whole. */
  rootIdentity: string | undefined;
  stopped: boolean;
}

/** Two writes within this time may leave the same times on a file, so that equal looks prove nothing. */
const coarsestClockMs = 2000;
const usualBrake: BrakeSetting = { policyClass: 'high' };

export function createSourceState(options: FolderSourceOptions, disk: Disk): SourceState {
  return {
    options,
    disk,
    problems: createProblemLog((problem) => options.onProblem(problem)),
    brake: createRemovalBrake(() => options.removalBrake?.() ?? usualBrake),
    rewrites: createRewriteBrake({
      setting: () => options.removalBrake?.() ?? usualBrake,
      isAsked: () => options.isAskedAboutRewrites?.() ?? false,
    }),
    names: createNameTable(disk.caseInsensitive),
    rules: createIgnoreRules('', disk.caseInsensitive),
    seen: new Map(),
    later: new Set(),
    held: undefined,
    rootIdentity: undefined,
    stopped: false,
  };
}

/** The reconciler of one pass; `again` is called with ids that need another look soon. */
export function reconcilerOf(state: SourceState, counts: PassCounts, again: (id: RecordId) => void): Reconciler {
  const { options, disk, problems } = state;
  return {
    root: options.root,
    disk,
    problems,
    counts,
    view: options,
    links: options.links,
    names: () => state.names,
    rules: () => state.rules,
    transaction: (work) => (options.transaction === undefined ? work() : options.transaction(work)),
    released: (edits) => state.rewrites.pass(edits, () => inStep(state), options.nowMs()),
    settledAt: (id, look) => noteSeen(state, id, look),
    revisit(id, when): void {
      state.seen.delete(id);
      if (when === 'again') {
        again(id);
      } else {
        state.later.add(id);
      }
    },
    stopped: () => state.stopped,
  };
}

export function isUnchanged(state: SourceState, id: string, look: FileLook): boolean {
  const seen = state.seen.get(id);
  return seen !== undefined && seen.steady && seen.identity === look.identity;
}

/** Reads the rules of this folder; the last good ones stay when they cannot be read. */
export function readRules(state: SourceState): IgnoreRules {
  try {
    const text = readFileSync(join(state.options.root, ignoreFileName), 'utf8');
    return createIgnoreRules(text, state.disk.caseInsensitive);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return createIgnoreRules('', state.disk.caseInsensitive);
    }
    state.problems.report('unreadable', ignoreFileName);
    return state.rules;
  }
}

/**
 * Publishes removals, or holds them when they look like an accident.
 * @param rootIdentity of the root when the files were found missing: a root that has changed since proves nothing
 */
export async function judgeRemovals(
  state: SourceState,
  reconciler: Reconciler,
  removals: readonly RecordId[],
  rootIdentity: string,
): Promise<void> {
  const root = state.disk.root();
  if (!root.ok || root.value !== rootIdentity) {
    state.problems.report('root_replaced', '');
    return;
  }
  const nowMs = state.options.nowMs();
  const total = inStep(state);
  if (removals.length > 0 && !state.brake.allows(removals.length, total, nowMs, state.rootIdentity === rootIdentity)) {
    state.held = { ids: removals, total };
    const word = state.options.wordOnRemovals?.(state.held) ?? 'held';
    if (word === 'held') {
      state.problems.report('removals_held', '', `${removals.length} of ${total} files`);
      return;
    }
    state.held = undefined;
    state.problems.clearCode('removals_held');
    await (word === 'go' ? removeRecords(reconciler, removals) : writeAgain(reconciler, removals));
    return;
  }
  if (state.held !== undefined) {
    state.options.removalsDropped?.();
  }
  state.held = undefined;
  state.problems.clearCode('removals_held');
  if (removals.length > 0) {
    state.brake.note(removals.length, nowMs);
    await removeRecords(reconciler, removals);
  }
}

/** Asks about files whose change is held, and does what a person said. */
export async function judgeRewrites(
  state: SourceState,
  again: (id: RecordId) => void,
  /** The whole folder was read: what is not held now waits no longer. */
  isWhole: boolean,
): Promise<void> {
  const { options, rewrites, problems } = state;
  const ids = rewrites.held();
  if (ids.length === 0) {
    if (isWhole) {
      options.rewritesDropped?.();
      problems.clearCode('rewrites_held');
    }
    return;
  }
  const total = inStep(state);
  const word = options.wordOnRewrites?.({ ids, total }) ?? 'held';
  if (word === 'held') {
    problems.report('rewrites_held', '', `${ids.length} of ${total} files`);
    return;
  }
  rewrites.forget();
  problems.clearCode('rewrites_held');
  // The word is for these files: what is in them now passes.
  const obeying: Reconciler = { ...reconcilerOf(state, emptyCounts(), again), released: (edits) => edits };
  if (word === 'restore') {
    await putBack(obeying, ids);
  } else {
    await reconcile(obeying, ids);
  }
}

function inStep({ options }: SourceState): number {
  return options.links.files(options.root).length;
}

/** Records whose files are not theirs any more are written as if they had never had one. */
async function writeAgain(reconciler: Reconciler, ids: readonly RecordId[]): Promise<void> {
  reconciler.transaction(() => {
    for (const id of ids) {
      reconciler.links.removeFile(reconciler.root, id);
    }
  });
  await reconcile(reconciler, ids);
}

function noteSeen(state: SourceState, id: string, look: FileLook): void {
  const ageMs = state.options.nowMs() - Math.max(look.changedMs, look.modifiedMs);
  state.seen.set(id, { identity: look.identity, steady: ageMs > coarsestClockMs });
}
