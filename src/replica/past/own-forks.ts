import { groupBy } from '../../base/group-by.ts';
import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { isLinear } from '../../merge/values/causal.ts';
import type { Core, OwnForks } from '../kernel/core.ts';
import { releasedBefore } from '../kernel/counting.ts';
import { recordKey } from '../waits/waiting.ts';
import type { Store } from '../../store/ground/port.ts';

/**
 * How often a device may write one record beside its own latest version of it, among its last `recentChanges` to that
 * record. A program does so where a file was saved before what came meanwhile had been written to it; each such version
 * is one more that every device has to merge with all others.
 */
const mostForks = 16;
const recentChanges = 64;
/** Records of which the changes are known, so that a flood of versions is not read again for each. */
const mostMemos = 16;

const tooManyVersions: Refusal = refuse(
  'quarantine',
  'manual_review_required',
  'too_many_versions',
  `The device wrote more than ${mostForks} versions of this record beside its own, as no working program does. ` +
    'Release it if it is wanted, else drop it; a device that is not yours is revoked with: sourcesync devices revoke ID',
);

/**
 * Whether this device may write a record beside its own latest version once more without being held elsewhere. Where it
 * may not, what it writes must be made on top of what is there.
 */
export function mayWriteBeside(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  collection: CollectionName,
  id: RecordId,
): boolean {
  const rows = core.store.history.list(collection, id).filter(({ deviceId }) => deviceId === core.device.id);
  if (rows.length <= mostForks) {
    return true;
  }
  const memo = emptyMemo();
  const chains = groupBy(rows, chainName).values();
  return [...chains].every((chain) => forksUpTo(core, memo, [...chain].sort(inChain), chain.length - 1) < mostForks);
}

type Place = Pick<LoggedChange, 'changeId' | 'scopeId' | 'deviceId' | 'sequence' | 'index'>;

/** What one device wrote to a record in one scope, in the order of its chain, from some place on without a gap. */
interface Chain {
  readonly places: Place[];
  /** Nothing stands before the first of them. */
  readonly isWhole: boolean;
}

/** What is known of the changes of one record. */
interface Memo {
  /** By scope and device. */
  readonly chains: Map<string, Chain>;
  readonly parents: Map<ChangeId, readonly ChangeId[]>;
  readonly forks: Map<ChangeId, boolean>;
}

export function createOwnForks(core: Pick<Core, 'store' | 'device' | 'logs'>): OwnForks {
  const memos = new Map<string, Memo>();

  function memoOf(change: LoggedChange): Memo {
    const name = recordKey(change);
    const memo = memos.get(name) ?? emptyMemo();
    // The one that was asked for first goes first.
    memos.delete(name);
    memos.set(name, memo);
    for (const [oldest] of memos.size > mostMemos ? memos : []) {
      memos.delete(oldest);
      break;
    }
    extend(core.store, memo, change);
    note(memo, change);
    return memo;
  }

  return {
    meet(change) {
      const memo = memos.get(recordKey(change));
      if (memo !== undefined) {
        note(memo, change);
      }
    },
    refusalOf(change, row) {
      // What this device writes stands on what it has, and a first change is beside nothing.
      if (row === undefined || change.deviceId === core.device.id || isLinear(change, row)) {
        return undefined;
      }
      const isReleased = (): boolean => releasedBefore(core.store, change).released?.(tooManyVersions) === true;
      return isOnceTooOften(core, memoOf(change), change) && !isReleased() ? tooManyVersions : undefined;
    },
    forget: () => {
      memos.clear();
    },
  };
}

function chainName({ scopeId, deviceId }: Place): string {
  return `${scopeId}\0${deviceId}`;
}

function emptyMemo(): Memo {
  return { chains: new Map(), parents: new Map(), forks: new Map() };
}

/**
 * Reads as much of a chain as the question about a change needs: a record to which a device wrote thousands of times must
 * not be read whole where it is met again. One that is asked for out of order has all of it read, once.
 */
function extend(store: Pick<Store, 'history'>, { chains }: Memo, change: LoggedChange): void {
  const name = chainName(change);
  const known = chains.get(name);
  const first = known?.places[recentChanges];
  if (known?.isWhole === true || (first !== undefined && inChain(first, change) <= 0)) {
    return;
  }
  const place = { ...change, recordId: change.objectId };
  if (known === undefined) {
    const places = [...store.history.upTo(place, recentChanges + 1)];
    chains.set(name, { places, isWhole: places.length <= recentChanges });
  } else {
    const end = { sequence: Number.MAX_SAFE_INTEGER, index: Number.MAX_SAFE_INTEGER };
    chains.set(name, { places: [...store.history.upTo({ ...place, ...end }, end.index)], isWhole: true });
  }
}

function inChain(one: Place, other: Place): number {
  return one.sequence - other.sequence || one.index - other.index;
}

function note({ chains, parents }: Memo, change: LoggedChange): void {
  parents.set(change.changeId, change.parents);
  const chain = chains.get(chainName(change))?.places;
  if (chain === undefined) {
    return;
  }
  const after = chain.findLastIndex((place) => inChain(place, change) <= 0);
  // One that waited is in its place already.
  if (after < 0 || inChain(chain[after] as Place, change) < 0) {
    chain.splice(after + 1, 0, change);
  }
}

function isOnceTooOften(core: Pick<Core, 'store' | 'logs'>, memo: Memo, change: LoggedChange): boolean {
  const chain = memo.chains.get(chainName(change))?.places ?? [];
  const end = chain.findLastIndex((place) => inChain(place, change) <= 0);
  return (
    end >= mostForks &&
    isFork(core, memo, chain[end - 1], chain[end] as Place) &&
    forksUpTo(core, memo, chain, end) > mostForks
  );
}

/** Among the last changes of a chain up to one. */
function forksUpTo(core: Pick<Core, 'store' | 'logs'>, memo: Memo, chain: readonly Place[], end: number): number {
  let forks = 0;
  for (let index = end; index > Math.max(0, end - recentChanges); index--) {
    forks += Number(isFork(core, memo, chain[index - 1], chain[index] as Place));
  }
  return forks;
}

/** Whether a change does not stand upon the one that its device made of the record before. */
function isFork(core: Pick<Core, 'store' | 'logs'>, memo: Memo, before: Place | undefined, place: Place): boolean {
  const known = memo.forks.get(place.changeId);
  if (known !== undefined) {
    return known;
  }
  const { stands, isSure } = before === undefined ? own : standsUpon(core, memo, place.changeId, before.changeId);
  if (isSure) {
    memo.forks.set(place.changeId, !stands);
  }
  return !stands;
}

const own = { stands: true, isSure: true };

/** Sure unless something that it may stand upon has not come yet. */
function standsUpon(
  core: Pick<Core, 'store' | 'logs'>,
  memo: Memo,
  change: ChangeId,
  wanted: ChangeId,
): { readonly stands: boolean; readonly isSure: boolean } {
  const met = new Set<ChangeId>();
  const waiting = [change];
  let isSure = true;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const parents = parentsOf(core, memo, next);
    isSure &&= parents !== undefined;
    for (const parent of parents ?? []) {
      if (parent === wanted) {
        return { stands: true, isSure: true };
      }
      if (!met.has(parent)) {
        met.add(parent);
        waiting.push(parent);
      }
    }
  }
  return { stands: false, isSure };
}

function parentsOf(
  core: Pick<Core, 'store' | 'logs'>,
  { parents }: Memo,
  id: ChangeId,
): readonly ChangeId[] | undefined {
  const known = parents.get(id);
  if (known !== undefined) {
    return known;
  }
  const row = core.store.history.get(id);
  const change = core.logs.unsealed.get(id) ?? (row && core.logs.reader.change(row));
  if (change !== undefined) {
    parents.set(id, change.parents);
  }
  return change?.parents;
}
