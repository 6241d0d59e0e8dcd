import type { RecordId } from '../base/ids.ts';
import { eachConcurrently, maximumConcurrency } from './concurrency.ts';
import type { WalkedEntry } from './disk.ts';
import { createNameTable } from './names.ts';
import { reconcile } from './reconcile.ts';
import type { Reconciler } from './reconciler.ts';
import { idFromPath } from './safe-path.ts';
import { type ScanReport, emptyCounts } from './scan-report.ts';
import {
  type SourceState,
  isUnchanged,
  judgeRemovals,
  judgeRewrites,
  readRules,
  reconcilerOf,
} from './source-state.ts';
import { isTemporary } from './temporary-name.ts';

const pageSize = 500;

/**
 * Reads the whole folder and brings it in step. thorough also reads every file again and asks for every record; else
 * files that look as they did are left alone, and records are those that were not written before.
 */
export async function scan(state: SourceState, thorough: boolean, again: (id: RecordId) => void): Promise<ScanReport> {
  const startedMs = performance.now();
  const counts = emptyCounts();
  const reconciler = reconcilerOf(state, counts, again);
  const root = state.disk.root();
  const finish = (outcome: ScanReport['outcome']): ScanReport => ({
    ...counts,
    outcome,
    removalsHeld: state.held?.ids.length ?? 0,
    rewritesHeld: state.rewrites.held().length,
    problems: state.problems.list().length,
    durationMs: performance.now() - startedMs,
  });
  if (!root.ok) {
    state.problems.report('root_missing', '', root.error === 'missing' ? undefined : root.error);
    return finish('paused');
  }
  state.problems.clear('');
  state.problems.mark();
  state.rules = readRules(state);
  state.names = createNameTable(state.disk.caseInsensitive);
  const later = [...state.later];
  state.later.clear();
  state.rewrites.forget();
  const found = await readFolder(state, reconciler, thorough);
  if (state.stopped) {
    return finish('stopped');
  }
  const removals = await reconcileUnseen(state, reconciler, found, thorough, later);
  await judgeRemovals(state, reconciler, removals, root.value);
  await judgeRewrites(state, again, true);
  state.rootIdentity = root.value;
  state.problems.sweep();
  return finish(state.stopped ? 'stopped' : 'done');
}

/** Walks one folder and what is below it; answers the ids of the files that are there. */
export async function readFolder(
  state: SourceState,
  reconciler: Reconciler,
  thorough: boolean,
  from = '',
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let pending: RecordId[] = [];
  for await (const folder of state.disk.walk(from, (path, isFolder) => skips(state, path, isFolder))) {
    if (state.stopped) {
      break;
    }
    if ('fault' in folder) {
      state.problems.report(folder.fault, folder.path);
      continue;
    }
    const files = folder.entries.map((entry) => fileId(state, entry)).filter((id) => id !== undefined);
    for (const id of files) {
      found.add(id);
    }
    reconciler.counts.filesSeen += files.length;
    pending.push(...(thorough ? files : await changedOf(state, files)));
    if (pending.length >= pageSize) {
      await reconcile(reconciler, pending);
      pending = [];
    }
  }
  await reconcile(reconciler, pending);
  return found;
}

/** Files that are gone, and records that have no file yet. Answers what looks like a removal. */
async function reconcileUnseen(
  state: SourceState,
  reconciler: Reconciler,
  found: ReadonlySet<string>,
  thorough: boolean,
  later: readonly RecordId[],
): Promise<readonly RecordId[]> {
  const { links, root, records, collection } = state.options;
  const linked = new Set(links.files(root).map((file) => file.path));
  const missing = new Set<RecordId>(later);
  for (const path of linked) {
    if (!found.has(path)) {
      missing.add(path as RecordId);
    }
  }
  const removals = [...(await reconcile(reconciler, [...missing]))];
  for (let cursor: string | null = null, more = thorough; more && !state.stopped; more = cursor !== null) {
    const page = records.list(collection, { cursor, limit: pageSize });
    const unseen = page.items.filter((row) => row.state === 'live' && !found.has(row.id) && !linked.has(row.id));
    removals.push(
      ...(await reconcile(
        reconciler,
        unseen.map((row) => row.id),
      )),
    );
    cursor = page.nextCursor;
  }
  return removals;
}

async function changedOf(state: SourceState, ids: readonly RecordId[]): Promise<readonly RecordId[]> {
  const changed: RecordId[] = [];
  const queue = ids.values();
  await eachConcurrently(
    maximumConcurrency,
    () => queue.next().value,
    async (id) => {
      const look = await state.disk.look(state.names.diskPathOf(id));
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
    state.problems.report(entry.kind === 'not_utf8' ? 'name_not_utf8' : 'name_unusable', visible(entry.path));
    return undefined;
  }
  switch (entry.kind) {
    case 'folder':
      state.names.claim(id, entry.path, () => true);
      state.names.noteFolder(id);
      return undefined;
    case 'symlink':
      state.problems.report('symlink', id);
      return undefined;
    case 'special':
      state.problems.report('special_file', id);
      return undefined;
    case 'file':
      if (!state.names.claim(id, entry.path, () => true)) {
        state.problems.report('name_collision', entry.path);
        return undefined;
      }
      return id;
    case 'not_utf8':
      return undefined;
  }
}

function skips(state: SourceState, path: string, folder: boolean): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // A pass writes only between the steps of its walk, so that what is met here is in nobody's use but other homes'.
  if (!folder && isTemporary(name)) {
    state.disk.sweepTemporary(path);
  }
  const id = idFromPath(path);
  return id !== undefined && state.rules.ignores(id, folder);
}

/** Control characters of a name shown as escapes. */
function visible(path: string): string {
  return JSON.stringify(path).slice(1, -1);
}
