import type { RecordId } from '../../base/ids.ts';
import { eachConcurrently, maximumConcurrency } from '../ground/concurrency.ts';
import { gatherLosses, hasGrown } from './gather-losses.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import type { Hint, HintTiming } from '../ground/hint-queue.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { idFromPath, visiblePath } from '../ground/safe-path.ts';
import { judgeLosses } from './judge-losses.ts';
import { lookAtFolder, readFolder } from './scan.ts';
import { emptyCounts, joinLosses, noLosses } from '../ground/scan-report.ts';
import { secureRoot } from './secure-root.ts';
import { type SourceState, reconcilerOf } from './source-state.ts';

/** A file that never rests (a log that is written to) is taken after this long all the same. */
const longestWaitMs = 2000;

/** Looks at what a watcher hinted at. `putBack` gets hints that came too early, with when to look again. */
export async function followHints(
  state: SourceState,
  hints: readonly Hint[],
  timing: HintTiming,
  putBack: (hint: Hint, delayMs: number) => void,
): Promise<void> {
  const root = await secureRoot(state, false);
  if (!root.ok) {
    return;
  }
  const again = (id: RecordId): void => {
    putBack({ path: state.paths.names.diskPathOf(id), ageMs: 0 }, timing.quietMs);
  };
  const reconciler = reconcilerOf(state, emptyCounts(), again);
  const ids = new Set<RecordId>();
  const folders: string[] = [];
  const queue = hints.values();
  await eachConcurrently(
    maximumConcurrency,
    () => queue.next().value,
    async (hint) => {
      for (const id of await idsOf(state, hint, timing, putBack)) {
        if (id === 'folder') {
          folders.push(hint.path);
        } else {
          ids.add(id.id);
        }
      }
    },
  );
  let losses = noLosses;
  for (const folder of folders) {
    losses = joinLosses(losses, (await readFolder(state, reconciler, false, folder)).losses);
  }
  losses = joinLosses(losses, await reconcile(reconciler, [...ids]));
  const gathered = gatherLosses(state, losses, timing, putBack);
  if (gathered === undefined) {
    return;
  }
  if ('few' in gathered) {
    await judgeLosses(state, reconciler, gathered.few, false);
    return;
  }
  // A machine that is busy hears of changes late: the folder itself says whether that is all, and what has come back.
  const all = await lookAtFolder(state, reconciler, false, []);
  if (state.disk.isHeld() && !state.stopped && !hasGrown(state, gathered.burst, all, timing, putBack)) {
    await judgeLosses(state, reconciler, all, true);
  }
}

async function idsOf(
  state: SourceState,
  hint: Hint,
  timing: HintTiming,
  putBack: (hint: Hint, delayMs: number) => void,
): Promise<readonly ('folder' | { readonly id: RecordId })[]> {
  const id = idFromPath(hint.path);
  if (id === undefined) {
    await sayUnusable(state, hint.path);
    return [];
  }
  const look = await state.disk.look(hint.path);
  switch (look.kind) {
    case 'folder':
      return state.paths.rules.ignores(id, true) ? [] : ['folder'];
    case 'absent': {
      if (hint.ageMs < timing.removalDelayMs) {
        putBack(hint, timing.removalDelayMs - hint.ageMs);
        return [];
      }
      return [id, ...(state.paths.names.isFolder(id) ? linkedBelow(state, id) : [])].map((gone) => ({ id: gone }));
    }
    case 'blocked':
      return isUnknownBelow(state, id, look.code) ? [] : [{ id }];
    case 'held':
      return [{ id }];
    case 'file': {
      // Exactly as we left it: our own write, most likely. Where the disk's clock is too coarse to tell, the regular
      // pass reads it again.
      if (state.paths.rules.ignores(id, false) || state.paths.seen.get(id)?.identity === look.identity) {
        return [];
      }
      const restedMs = state.options.nowMs() - look.modifiedMs;
      if (restedMs >= 0 && restedMs < timing.quietMs && hint.ageMs < longestWaitMs) {
        putBack(hint, timing.quietMs - restedMs);
        return [];
      }
      if (!state.paths.names.claim(id, hint.path, (path) => state.disk.isThere(path))) {
        state.problems.report('name_collision', hint.path);
        return [];
      }
      return [{ id }];
    }
  }
}

/**
 * In a folder that cannot be read nothing shows whether there is such a file: it is told of the folder. A watcher names a
 * folder below itself where its rights change.
 */
function isUnknownBelow({ notes, options }: SourceState, id: RecordId, code: ProblemCode): boolean {
  const { collection, records } = options.view;
  const isKnown = notes.file(options.link.root, id) !== undefined || records.get(collection, id) !== undefined;
  return code === 'unreadable' && !isKnown;
}

/** A name that no record can have: what it names is left alone, and said. */
async function sayUnusable({ disk, problems }: SourceState, path: string): Promise<void> {
  if (path === '') {
    return;
  }
  if ((await disk.look(path)).kind === 'absent') {
    problems.clear(visiblePath(path));
  } else {
    problems.report('name_unusable', visiblePath(path));
  }
}

function linkedBelow({ notes, options }: SourceState, folder: string): readonly RecordId[] {
  const below = notes
    .files(options.link.root)
    .filter(({ path, hash }) => hash !== null && path.startsWith(`${folder}/`));
  return below.map((file) => file.path as RecordId);
}
