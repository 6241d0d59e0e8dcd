import type { DeviceId, ScopeId } from '../base/ids.ts';
import type { ScopeState } from '../membership/parse/state.ts';
import { type CollectReport, collectTombstones } from './care/collect.ts';
import { type TombstoneReport, tombstonesOf } from './care/tombstones.ts';
import type { Core } from './kernel/core.ts';
import { type ClockWord, clockWords, lastHeard, lastWritten } from './kernel/heard.ts';
import { judgeUnseen, writeHeartbeat } from './members/liveness.ts';
import { type SaidToHold, saidToHoldReader } from './members/said-to-hold.ts';
import { type HeldReport, verifyHeld } from './members/verify-held.ts';

/** The eye on relays and peers: what they tell is held against what is here. */
export interface Watching {
  /** Writes the daily sign of life where it is due. Call it only while a relay says that everything is here. */
  writeHeartbeat(scopeId: ScopeId): boolean;
  /** Looks who of a scope gave no sign of life for too long. */
  judgeUnseen(scopeId: ScopeId): void;
  /** Verifies and opens every batch that is held of a scope, a page at each step. */
  verifyHeld(scope: ScopeState): Generator<HeldReport, HeldReport>;
  /** When each device of a scope wrote what is held of it last, in milliseconds; null for one that wrote nothing. */
  lastHeard(scopeId: ScopeId): ReadonlyMap<DeviceId, number | null>;
  /** The same by the clock of each, which may be ahead. */
  lastWritten(scopeId: ScopeId): ReadonlyMap<DeviceId, number | null>;
  /** Of each other active device of a scope: whether it said that it holds what is held here. */
  saidToHold(scopeId: ScopeId): ReadonlyMap<DeviceId, SaidToHold>;
  /** What the clock of a device said in its last batches that are held here, newest first. */
  clockWords(scopeId: ScopeId, deviceId: DeviceId, count: number): readonly ClockWord[];
  /**
   * Collects up to `limit` deleted records of a scope that every device has seen deleted, as one transaction. Call it only
   * while a relay says that everything is here, or for a scope that does not travel.
   */
  collect(scopeId: ScopeId, limit: number): CollectReport;
  /** Deleted records of a scope that are kept, and who holds them up. */
  tombstones(scopeId: ScopeId): TombstoneReport;
}

type Said = ReturnType<Watching['saidToHold']>;
type Heard = ReturnType<Watching['lastHeard']>;

const nothingCollected: CollectReport = { looked: 0, collected: 0, isDone: true };
const noTombstones: TombstoneReport = { kept: 0, collected: 0, horizonMs: null, heldBy: [], expired: [] };

export function watchingOf(core: Core): Watching {
  const held = <T>(scopeId: ScopeId, otherwise: T, work: (scope: ScopeState) => T): T => {
    const scope = core.logs.scopes.get(scopeId);
    return scope === undefined ? otherwise : work(scope);
  };
  const readSaid = saidToHoldReader(core);
  return {
    writeHeartbeat: (scopeId) => held(scopeId, false, (scope) => writeHeartbeat(core, scope)),
    judgeUnseen: (scopeId) => {
      held(scopeId, undefined, (scope) => judgeUnseen(core, scope));
    },
    verifyHeld: (scope) => verifyHeld(core, scope),
    lastHeard: (scopeId) => held<Heard>(scopeId, new Map(), (scope) => lastHeard(core, scope)),
    lastWritten: (scopeId) => held<Heard>(scopeId, new Map(), (scope) => lastWritten(core, scope)),
    saidToHold: (scopeId) => held<Said>(scopeId, new Map(), readSaid),
    clockWords: (scopeId, deviceId, count) => clockWords(core, scopeId, deviceId, count),
    collect: (scopeId, limit) => held(scopeId, nothingCollected, (scope) => collectTombstones(core, scope, limit)),
    tombstones: (scopeId) => held(scopeId, noTombstones, (scope) => tombstonesOf(core, scope)),
  };
}
