import type { RecordId } from '../base/ids.ts';
import type { Hint, HintTiming } from './hint-queue.ts';
import { reconcile } from './reconcile.ts';
import type { Reconciler } from './reconciler.ts';
import type { Losses } from './scan-report.ts';
import type { SourceState } from './source-state.ts';

/** Losses that come one after the other. */
export interface Gathering {
  readonly ids: Set<RecordId>;
  readonly sinceMs: number;
  grewMs: number;
}

/** So many within `longestMs` are an everyday change, and go at once. */
const fewLosses = 10;
const longestMs = 30_000;

/**
 * Losses that a pass over hints found, with those before it, once no more come: a script that goes over a whole folder
 * must not get through in portions. Undefined while more may come; `putBack` sees to another look.
 */
export async function gatherLosses(
  state: SourceState,
  reconciler: Reconciler,
  found: Losses,
  timing: HintTiming,
  putBack: (hint: Hint, delayMs: number) => void,
): Promise<Losses | undefined> {
  const nowMs = state.options.nowMs();
  const ids = [...found.removed, ...found.replaced];
  if (state.gathering === undefined && isFew(state, ids, nowMs)) {
    return found;
  }
  const gathering = state.gathering ?? emptyGathering(nowMs);
  const before = gathering.ids.size;
  ids.forEach((id) => gathering.ids.add(id));
  gathering.grewMs = gathering.ids.size > before ? nowMs : gathering.grewMs;
  const isQuiet = !isWithin(nowMs, gathering.grewMs, timing.removalDelayMs);
  const [first] = gathering.ids;
  if (first === undefined || isQuiet || !isWithin(nowMs, gathering.sinceMs, longestMs)) {
    state.gathering = undefined;
    // What has come back meanwhile is no loss.
    return reconcile(reconciler, [...gathering.ids]);
  }
  state.gathering = gathering;
  putBack({ path: state.names.diskPathOf(first), ageMs: timing.removalDelayMs }, 2 * timing.removalDelayMs);
  return undefined;
}

/** Whether these, with what went at once a short while ago, are few: portions of ten are a script's as well. */
function isFew(state: SourceState, ids: readonly RecordId[], nowMs: number): boolean {
  const { wentAtOnce } = state;
  const recent = wentAtOnce !== undefined && isWithin(nowMs, wentAtOnce.grewMs, longestMs) ? wentAtOnce : undefined;
  const all = new Set([...(recent?.ids ?? []), ...ids]);
  if (all.size > fewLosses) {
    return false;
  }
  if (ids.length > 0) {
    state.wentAtOnce = { ids: all, grewMs: nowMs };
  }
  return true;
}

const emptyGathering = (nowMs: number): Gathering => ({ ids: new Set(), sinceMs: nowMs, grewMs: nowMs });

function isWithin(nowMs: number, startMs: number, spanMs: number): boolean {
  return nowMs >= startMs && nowMs - startMs < spanMs;
}
