import type { ScopeId } from '../base/ids.ts';
import type { ScopeState } from '../membership/parse/state.ts';
import { clearAlarms, raiseAlarm } from './kernel/alarms.ts';
import { judgeClaims } from './members/judge-claims.ts';
import { type CollectReport, collectTombstones } from './care/collect.ts';
import type { Core } from './kernel/core.ts';
import { judgeUnseen, writeHeartbeat } from './members/liveness.ts';
import type { Replica } from './port.ts';
import { type TombstoneReport, tombstonesOf } from './care/tombstones.ts';
import { clockWords, lastHeard, lastWritten } from './kernel/heard.ts';

export type Watch = Pick<
  Replica,
  | 'caughtUp'
  | 'fellBehind'
  | 'confirmed'
  | 'writeHeartbeat'
  | 'collect'
  | 'tombstones'
  | 'judgeUnseen'
  | 'lastHeard'
  | 'lastWritten'
  | 'clockWords'
  | 'alarms'
  | 'raiseAlarm'
  | 'clearAlarms'
>;

type Heard = ReturnType<Replica['lastHeard']>;

const nothingCollected: CollectReport = { looked: 0, collected: 0, isDone: true };
const noTombstones: TombstoneReport = { kept: 0, collected: 0, horizonMs: null, heldBy: [], expired: [] };

/** The replica's eye on relays and peers: what they tell is held against what is here. */
export function createWatch(core: Core): Watch {
  const held = <T>(scopeId: ScopeId, otherwise: T, work: (scope: ScopeState) => T): T => {
    const scope = core.logs.scopes.get(scopeId);
    return scope === undefined ? otherwise : work(scope);
  };
  return {
    caughtUp: (scopeId) => {
      core.guards.past.caughtUp(scopeId);
      held(scopeId, undefined, (scope) => judgeClaims(core, scope));
    },
    fellBehind: () => {
      core.guards.past.fellBehind();
    },
    confirmed: (scopeId, sequence) => {
      core.chains.confirmed.note(scopeId, sequence, core.device.nowMs());
    },
    writeHeartbeat: (scopeId) => held(scopeId, false, (scope) => writeHeartbeat(core, scope)),
    collect: (scopeId, limit) => held(scopeId, nothingCollected, (scope) => collectTombstones(core, scope, limit)),
    tombstones: (scopeId) => held(scopeId, noTombstones, (scope) => tombstonesOf(core, scope)),
    judgeUnseen: (scopeId) => {
      held(scopeId, undefined, (scope) => judgeUnseen(core, scope));
    },
    lastHeard: (scopeId) => held<Heard>(scopeId, new Map(), (scope) => lastHeard(core, scope)),
    lastWritten: (scopeId) => held<Heard>(scopeId, new Map(), (scope) => lastWritten(core, scope)),
    clockWords: (scopeId, deviceId, count) => clockWords(core, scopeId, deviceId, count),
    alarms: () => core.notices.alarms.all(),
    raiseAlarm: (facts) => {
      raiseAlarm(core, facts);
    },
    clearAlarms: (match) => {
      clearAlarms(core, match);
    },
  };
}
