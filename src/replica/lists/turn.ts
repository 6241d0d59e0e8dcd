import { groupBy } from '../../base/group-by.ts';
import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { HeldKind } from '../names/held-losses.ts';

/** How a transaction is looked at. strict: whatever changes a live record waits. decided: a person has allowed it. */
export type Judging = 'usual' | 'strict' | 'decided';

/** What the transaction under way made of one record. */
export interface Touched {
  /** As it was when the transaction began. */
  readonly before: RecordRow | undefined;
  readonly after: RecordRow;
  /** The last change that altered it. */
  readonly change: LoggedChange;
}

/** A change that stays without effect, and what it would do. */
export interface Withheld {
  readonly id: RecordId;
  readonly kind: HeldKind;
  readonly change: LoggedChange;
  /** What is live of the record. */
  readonly fields: JsonObject;
}

/** What one attempt at a transaction did in one collection. */
export interface Work {
  readonly touched: Map<RecordId, Touched>;
  readonly withheld: Map<RecordId, Withheld>;
  /** Records of which something that is held was judged again, together with what rests on it. */
  readonly freed: Set<RecordId>;
}

/** A record that was lost without asking, and the heads at which it was what it had been. */
export interface Gone {
  readonly id: RecordId;
  readonly heads: readonly ChangeId[];
  readonly atMs: number;
}

/** What a process knows of the transaction under way, and of the minute before. */
export interface Turn {
  judging: Judging;
  readonly work: Map<CollectionName, Work>;
  /** Collections of which a restore point was written in it; null for one of all. */
  readonly points: Set<CollectionName | null>;
  /** What earlier attempts at it found: records whose losses must wait, and collections that need a point first. */
  readonly found: { readonly mustWait: Map<CollectionName, Set<RecordId>>; readonly needsPoint: Set<CollectionName> };
  /** What is lost in it, to be remembered once it is durable: by collection what others took away, by root a folder's. */
  readonly going: [name: string, Gone][];
  readonly gone: Map<string, readonly Gone[]>;
  /** A person has said that these may be lost here: they do not count when they are. */
  readonly granted: Map<CollectionName, Set<RecordId>>;
  readonly reach: Reach;
}

/** How far a transaction goes in what came, and what it leaves. */
export interface Reach {
  /** An attempt at it found what it should have known before, and it is done again. */
  isAgain: boolean;
  /** How often it was asked whether its time is over, */
  looks: number;
  /** and at which asking the attempt before said so. */
  end: number;
  /** Something of what was live goes by what others wrote. */
  takesAway: boolean;
  /** Removals that are left to the next transaction, though they came with what this one judges. */
  readonly ahead: Map<CollectionName, number>;
}

const endless = Number.POSITIVE_INFINITY;

export function createTurn(): Turn {
  return {
    judging: 'usual',
    work: new Map(),
    points: new Set(),
    found: { mustWait: new Map(), needsPoint: new Set() },
    going: [],
    gone: new Map(),
    granted: new Map(),
    reach: { isAgain: false, looks: 0, end: endless, takesAway: false, ahead: new Map() },
  };
}

/** A transaction begins, for the first time or again with what was found. */
export function beginTurn(turn: Turn, isAgain: boolean): void {
  const { reach } = turn;
  turn.judging = 'usual';
  turn.work.clear();
  turn.points.clear();
  turn.going.length = 0;
  Object.assign(reach, { isAgain, looks: 0, takesAway: false });
  reach.ahead.clear();
  if (!isAgain) {
    reach.end = endless;
    turn.found.mustWait.clear();
    turn.found.needsPoint.clear();
  }
}

export function workIn({ work }: Turn, collection: CollectionName): Work {
  const known = work.get(collection) ?? { touched: new Map(), withheld: new Map(), freed: new Set() };
  work.set(collection, known);
  return known;
}

const minuteMs = 60_000;
/** As many come back with a mass change that is rejected; history has the others. */
const mostGone = 10_000;

/** What was lost is durable. */
export function rememberGone({ going, gone }: Turn, nowMs: number): void {
  for (const [name, records] of groupBy(going.splice(0), ([of]) => of)) {
    gone.set(name, [...lately(gone.get(name), nowMs), ...records.map(([, record]) => record)].slice(-mostGone));
  }
}

/** Of what went, the last minute: it belongs to what is stopped now. */
export function goneLately({ gone }: Turn, name: string, nowMs: number): readonly Pick<Gone, 'id' | 'heads'>[] {
  return lately(gone.get(name), nowMs).map(({ id, heads }) => ({ id, heads }));
}

function lately(gone: readonly Gone[] | undefined, nowMs: number): readonly Gone[] {
  return (gone ?? []).filter(({ atMs }) => nowMs >= atMs && nowMs - atMs < minuteMs);
}
