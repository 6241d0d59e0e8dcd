import type { RecordId } from '../../base/ids.ts';
import { createPause } from '../ground/pause.ts';
import { eachConcurrently, maximumConcurrency } from '../ground/concurrency.ts';
import type { WalkedEntry } from '../disk/disk-port.ts';
import { joinsBurst } from './gather-losses.ts';
import { createNameTable } from '../ground/names.ts';
import { ignoreFileName } from '../reconcile/ignore-rules.ts';
import { judgeLosses } from './judge-losses.ts';
import { looksLikeOldCopy } from '../reconcile/old-copies.ts';
import { readRules } from './read-rules.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import { idFromPath, visiblePath } from '../ground/safe-path.ts';
import {
  type Losses,
  type ScanReport,
  countOfLosses,
  emptyCounts,
  joinLosses,
  noLosses,
} from '../ground/scan-report.ts';
import { secureRoot } from './secure-root.ts';
import { type SourceState, isUnchanged, reconcilerOf } from './source-state.ts';
import { isTemporary } from '../ground/temporary-name.ts';
import { turn } from '../ground/turn.ts';

const pageSize = 500;
/** Of records, each of which has to be opened; between pages others have their turn. */
const recordsAtOnce = 100;

/** How much of the folder a scan looks at, and why. */
export interface ScanRequest {
  /**
   * Reads every file again and asks for every record; else files that look as they did are left alone, and records are
   * those that were not written before.
   */
  readonly thorough: boolean;
  /** A person asks whether the folder is the right one after all. */
  readonly isAsked: boolean;
}

/** Reads the whole folder and brings it in step. */
export async function scan(
  state: SourceState,
  { thorough, isAsked }: ScanRequest,
  again: (id: RecordId) => void,
): Promise<ScanReport> {
  const startedMs = performance.now();
  const counts = emptyCounts();
  const finish = (outcome: ScanReport['outcome']): ScanReport => ({
    ...counts,
    outcome,
    held: countOfLosses(state.losses.held),
    problems: state.problems.list().length,
    durationMs: performance.now() - startedMs,
  });
  const root = await secureRoot(state, isAsked);
  if (!root.ok) {
    return finish('paused');
  }
  const reconciler = reconcilerOf(state, counts, again);
  state.problems.clearCode('root_replaced');
  state.problems.mark();
  state.paths.names = createNameTable(state.disk.caseInsensitive);
  const later = [...state.paths.later];
  state.paths.later.clear();
  // What is ignored here is what their rules are held against: a process that begins, or a new link, knows nothing else.
  state.paths.rules = await readRules(state);
  // What the other devices ignore comes before anything of this folder is told to them.
  if (hasIgnoreRecord(state)) {
    await reconcile(reconciler, [ignoreFileName as RecordId]);
    state.paths.rules = await readRules(state);
  }
  const losses = await lookAtFolder(state, reconciler, thorough, later);
  if (state.stopped) {
    return finish('stopped');
  }
  if (!state.disk.isHeld()) {
    state.problems.report('root_replaced', '');
    return finish('paused');
  }
  if (!joinsBurst(state, losses)) {
    await judgeLosses(state, reconciler, losses, true);
  }
  state.problems.sweep();
  state.paths.large?.sweep();
  const { memory } = state.options;
  if (reconciler.isDoubting && !state.stopped && memory?.mayPublish?.() === 'now') {
    memory.trusted?.();
  }
  if (state.root.isAdopting && !state.stopped) {
    state.root.isAdopting = false;
    memory?.adopted?.();
  }
  return finish(state.stopped ? 'stopped' : 'done');
}

function hasIgnoreRecord({ options }: SourceState): boolean {
  const { records, collection } = options.view;
  const row = records.get(collection, ignoreFileName as RecordId);
  return row !== undefined && row !== 'damaged';
}

/** Brings every file and every record in step that can be, and answers what would be a loss. */
export async function lookAtFolder(
  state: SourceState,
  reconciler: Reconciler,
  thorough: boolean,
  /** Records to be tried again. */
  later: readonly RecordId[],
): Promise<Losses> {
  const found = await readFolder(state, reconciler, thorough);
  const losses = state.stopped ? noLosses : await reconcileUnseen(state, reconciler, found.ids, thorough, later);
  return joinLosses(found.losses, losses);
}

export interface ReadFolder {
  /** Ids of the files that are there. */
  readonly ids: ReadonlySet<string>;
  readonly losses: Losses;
}

/** Walks one folder and what is below it. */
export async function readFolder(
  state: SourceState,
  reconciler: Reconciler,
  thorough: boolean,
  from = '',
): Promise<ReadFolder> {
  const ids = new Set<string>();
  let losses = noLosses;
  let pending: RecordId[] = [];
  const settlePending = async (): Promise<void> => {
    losses = joinLosses(losses, await reconcile(reconciler, pending));
    pending = [];
  };
  for await (const folder of state.disk.walk(from, (path, isFolder) => skips(state, path, isFolder))) {
    if (state.stopped) {
      break;
    }
    if ('fault' in folder) {
      state.problems.report(folder.fault, folder.path);
      continue;
    }
    state.problems.clearUnread(folder.path);
    const files = folder.entries.map((entry) => fileId(state, entry)).filter((id) => id !== undefined);
    for (const id of files) {
      ids.add(id);
    }
    reconciler.counts.filesSeen += files.length;
    pending.push(...(thorough ? files : await changedOf(state, files)));
    if (pending.length >= pageSize) {
      await settlePending();
    }
  }
  await settlePending();
  return { ids, losses };
}

/** Files that are gone, and records that have no file yet. Answers what would be a loss. */
async function reconcileUnseen(
  state: SourceState,
  reconciler: Reconciler,
  found: ReadonlySet<string>,
  thorough: boolean,
  later: readonly RecordId[],
): Promise<Losses> {
  const { records, collection } = state.options.view;
  const linked = new Set<string>();
  const missing = new Set<RecordId>(later);
  for (const { path, hash } of state.notes.files(state.options.link.root)) {
    if (hash !== null) {
      linked.add(path);
      if (!found.has(path)) {
        missing.add(path as RecordId);
      }
    }
  }
  let losses = await reconcile(reconciler, [...missing]);
  for (let cursor: string | null = null, more = thorough; more && !state.stopped; more = cursor !== null) {
    const page = records.list(collection, { cursor, limit: recordsAtOnce });
    const unseen = page.items.filter((row) => row.state === 'live' && !found.has(row.id) && !linked.has(row.id));
    const ids = unseen.map((row) => row.id);
    losses = joinLosses(losses, await reconcile(reconciler, ids));
    cursor = page.nextCursor;
    await turn();
  }
  return losses;
}

async function changedOf(state: SourceState, ids: readonly RecordId[]): Promise<readonly RecordId[]> {
  const changed: RecordId[] = [];
  const queue = ids.values();
  const pause = createPause();
  await eachConcurrently(
    maximumConcurrency,
    () => queue.next().value,
    async (id) => {
      await pause();
      const look = await state.disk.look(state.paths.names.diskPathOf(id));
      if (look.kind !== 'file' || !isUnchanged(state, id, look)) {
        changed.push(id);
      }
    },
  );
  return changed;
}

/** The id of a file that can be synced; everything else is reported and left alone. */
function fileId(state: SourceState, entry: WalkedEntry): RecordId | undefined {
  const id = entry.kind === 'not_utf8' ? undefined : idFromPath(entry.path);
  if (id === undefined) {
    state.problems.report(entry.kind === 'not_utf8' ? 'name_not_utf8' : 'name_unusable', visiblePath(entry.path));
    return undefined;
  }
  switch (entry.kind) {
    case 'folder':
      state.paths.names.claim(id, entry.path, () => true);
      state.paths.names.noteFolder(id);
      return undefined;
    case 'symlink':
      if (!state.disk.takesLinks) {
        state.problems.report('symlink', id);
        return undefined;
      }
      return claimed(state, id, entry.path);
    case 'special':
      state.problems.report('special_file', id);
      return undefined;
    case 'file':
      if (looksLikeOldCopy(id)) {
        state.problems.report('old_copy', id);
      }
      return claimed(state, id, entry.path);
    case 'not_utf8':
      return undefined;
  }
}

function claimed(state: SourceState, id: RecordId, path: string): RecordId | undefined {
  const isFree = state.paths.names.claim(id, path, () => true);
  if (!isFree) {
    state.problems.report('name_collision', path);
  }
  return isFree ? id : undefined;
}

function skips(state: SourceState, path: string, folder: boolean): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // A pass writes only between the steps of its walk, so that what is met here is in nobody's use but other homes'.
  if (!folder && isTemporary(name)) {
    state.disk.sweepTemporary(path);
  }
  const id = idFromPath(path);
  return id !== undefined && state.paths.rules.ignores(id, folder);
}
