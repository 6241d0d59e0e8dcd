import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordId } from '../base/ids.ts';
import { eachConcurrently, maximumConcurrency } from './concurrency.ts';
import type { Hint } from './hint-queue.ts';
import { reconcile } from './reconcile.ts';
import { idFromPath } from './safe-path.ts';
import { readFolder } from './scan.ts';
import { emptyCounts } from './scan-report.ts';
import { type SourceState, judgeRemovals, judgeRewrites, reconcilerOf } from './source-state.ts';

export interface HintTiming {
  readonly quietMs: number;
  readonly removalDelayMs: number;
}

/** A file that never rests (a log that is written to) is taken after this long all the same. */
const longestWaitMs = 2000;

/** Looks at what a watcher hinted at. `putBack` gets hints that came too early, with when to look again. */
export async function followHints(
  state: SourceState,
  hints: readonly Hint[],
  timing: HintTiming,
  putBack: (hint: Hint, delayMs: number) => void,
): Promise<void> {
  const root = state.disk.root();
  if (!root.ok) {
    return;
  }
  const again = (id: RecordId): void => {
    putBack({ path: state.names.diskPathOf(id), ageMs: 0 }, timing.quietMs);
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
  for (const folder of folders) {
    await readFolder(state, reconciler, false, folder);
  }
  const removals = await reconcile(reconciler, [...ids]);
  await judgeRewrites(state, again, false);
  if (removals.length > 0) {
    await judgeRemovals(state, reconciler, [...new Set([...removals, ...(state.held?.ids ?? [])])], root.value);
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
    return [];
  }
  const look = await state.disk.look(hint.path);
  switch (look.kind) {
    case 'folder':
      return state.rules.ignores(id, true) ? [] : ['folder'];
    case 'absent': {
      if (hint.ageMs < timing.removalDelayMs) {
        putBack(hint, timing.removalDelayMs - hint.ageMs);
        return [];
      }
      return [id, ...(state.names.isFolder(id) ? linkedBelow(state, id) : [])].map((gone) => ({ id: gone }));
    }
    case 'blocked':
      return [{ id }];
    case 'file': {
      // Exactly as we left it: our own write, most likely. Where the disk's clock is too coarse to tell, the regular
      // pass reads it again.
      if (state.rules.ignores(id, false) || state.seen.get(id)?.identity === look.identity) {
        return [];
      }
      const restedMs = state.options.nowMs() - look.modifiedMs;
      if (restedMs >= 0 && restedMs < timing.quietMs && hint.ageMs < longestWaitMs) {
        putBack(hint, timing.quietMs - restedMs);
        return [];
      }
      if (!state.names.claim(id, hint.path, (path) => existsSync(join(state.options.root, path)))) {
        state.problems.report('name_collision', hint.path);
        return [];
      }
      return [{ id }];
    }
  }
}

function linkedBelow(state: SourceState, folder: string): readonly RecordId[] {
  const { links, root } = state.options;
  const below = links.files(root).filter((file) => file.path.startsWith(`${folder}/`));
  return below.map((file) => file.path as RecordId);
}
