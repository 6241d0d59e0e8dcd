import { createTimer } from '../ground/timer.ts';
import type { SourceState } from './source-state.ts';

/** How often a folder that is not the right one is looked for. */
const rootEveryMs = 2000;

/** Looks for the right folder while the link stands still. */
export interface RootLookout {
  begin(): void;
  end(): void;
}

/**
 * The right folder is known by its mark; of a path where nothing was, anything that appears is looked at once. `found` is
 * called for either, and nothing is looked for after that until `begin`.
 */
export function createRootLookout(state: SourceState, isPaused: () => boolean, found: () => void): RootLookout {
  const timer = createTimer(look);
  const begin = (): void => timer.start(rootEveryMs);

  function look(): void {
    if (!isPaused()) {
      return;
    }
    const seen = state.disk.root();
    const wasStrange = state.root.paused?.reason === 'root_unknown' || state.root.paused?.reason === 'root_of_another';
    if (seen.ok && (!wasStrange || seen.value.isOnly === true || seen.value.marks.includes(state.root.linkId))) {
      found();
    } else {
      begin();
    }
  }

  return { begin, end: timer.stop };
}
