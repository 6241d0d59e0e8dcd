import type { RecordId } from '../../base/ids.ts';
import type { Hint, HintTiming } from '../ground/hint-queue.ts';
import { type Losses, countOfLosses } from '../ground/scan-report.ts';
import type { SourceState } from './source-state.ts';
import type { Gathering } from './gathering.ts';

export type PutBack = (hint: Hint, delayMs: number) => void;

/** So many within `longestMs` are an everyday change, and go at once. */
const fewLosses = 10;
const longestMs = 30_000;

/** An everyday change, or what a burst came to, as far as the watcher has told: it may be late. */
export type Gathered = { readonly few: Losses } | { readonly burst: Gathering };

/**
 * Losses that a pass over hints found, with those before it, once no more come: a script that goes over a whole folder
 * must not get through in portions. Undefined while more may come; `putBack` sees to another look.
 */
export function gatherLosses(
  state: SourceState,
  found: Losses,
  timing: HintTiming,
  putBack: PutBack,
): Gathered | undefined {
  const nowMs = state.options.nowMs();
  const ids = idsOf(found);
  if (state.losses.gathering === undefined && isFew(state, ids, nowMs)) {
    return { few: found };
  }
  const gathering = grown(state.losses.gathering ?? { ids: new Set(), sinceMs: nowMs, grewMs: nowMs }, ids, nowMs);
  if (isWithin(nowMs, gathering.grewMs, timing.removalDelayMs) && isWithin(nowMs, gathering.sinceMs, longestMs)) {
    goOnGathering(state, gathering, timing, putBack);
    return undefined;
  }
  state.losses.gathering = undefined;
  return { burst: gathering };
}

/** True where the folder itself shows more losses than a burst was known to have: it is not over, and goes on. */
export function hasGrown(
  state: SourceState,
  burst: Gathering,
  all: Losses,
  timing: HintTiming,
  putBack: PutBack,
): boolean {
  const nowMs = state.options.nowMs();
  const gathering = grown(burst, idsOf(all), nowMs);
  const isOver = gathering.ids.size === burst.ids.size || !isWithin(nowMs, burst.sinceMs, longestMs);
  if (!isOver) {
    goOnGathering(state, gathering, timing, putBack);
  }
  return !isOver;
}

/** True for a pass over the whole folder in the middle of a burst: what it found is judged with the rest. */
export function joinsBurst(state: SourceState, found: Losses): boolean {
  const { gathering } = state.losses;
  const nowMs = state.options.nowMs();
  // The look that is to end it may never come: its hint is lost where the root is away, or a pass fails.
  if (gathering === undefined || !isWithin(nowMs, gathering.sinceMs, longestMs) || countOfLosses(found) <= fewLosses) {
    return false;
  }
  state.losses.gathering = grown(gathering, idsOf(found), nowMs);
  return true;
}

function goOnGathering(state: SourceState, gathering: Gathering, timing: HintTiming, putBack: PutBack): void {
  state.losses.gathering = gathering;
  const [first] = gathering.ids;
  if (first !== undefined) {
    putBack({ path: state.paths.names.diskPathOf(first), ageMs: timing.removalDelayMs }, 2 * timing.removalDelayMs);
  }
}

function grown({ ids, sinceMs, grewMs }: Gathering, more: readonly RecordId[], nowMs: number): Gathering {
  const all = new Set([...ids, ...more]);
  return { ids: all, sinceMs, grewMs: all.size > ids.size ? nowMs : grewMs };
}

function idsOf({ removed, replaced }: Losses): readonly RecordId[] {
  return [...removed, ...replaced];
}

/** Whether these, with what went at once a short while ago, are few: portions of ten are a script's as well. */
function isFew(state: SourceState, ids: readonly RecordId[], nowMs: number): boolean {
  const { wentAtOnce } = state.losses;
  const recent = wentAtOnce !== undefined && isWithin(nowMs, wentAtOnce.grewMs, longestMs) ? wentAtOnce : undefined;
  const all = new Set([...(recent?.ids ?? []), ...ids]);
  if (all.size > fewLosses) {
    return false;
  }
  if (ids.length > 0) {
    state.losses.wentAtOnce = { ids: all, grewMs: nowMs };
  }
  return true;
}

function isWithin(nowMs: number, startMs: number, spanMs: number): boolean {
  return nowMs >= startMs && nowMs - startMs < spanMs;
}
