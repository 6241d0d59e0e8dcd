import type { ScopeId } from '../../base/ids.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { dropClaims, isDoubtful, isNews, noteAlarm } from '../kernel/alarms.ts';
import type { AlarmFacts } from '../names/alarm.ts';
import { dropAnnounced } from './announce.ts';
import { type HeadClaim, alarmClaimOf } from '../lists/claimed-heads.ts';
import { isBelieved } from '../kernel/belief.ts';
import { restateWithheld } from './compare-frontier.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import type { Chains } from '../kernel/chains.ts';
import type { Notices } from '../kernel/notices.ts';
import { adoptOldClaims, hasOldClaims } from './old-claims.ts';

/** The relay says that everything it has is here: what peers told of and is not here is kept back, or never was. */
export function judgeClaims(core: Core, scope: ScopeState): void {
  forgetUnbelieved(core, scope);
  const facts = withheldFacts(core.chains, scope.scopeId);
  if (facts.some((fact) => isNews(core.notices, fact))) {
    commit(core, () => {
      facts.forEach((fact) => {
        noteAlarm(core, fact);
      });
    });
  }
}

function withheldFacts(chains: Chains, scopeId: ScopeId): readonly AlarmFacts[] {
  const devices = new Set(chains.claimedHeads.list(scopeId).map(({ deviceId }) => deviceId));
  return [...devices].map((deviceId) => ({
    ...{ kind: 'withheld' as const, scopeId, deviceId },
    claims: chains.claimedHeads.about(scopeId, deviceId).map(alarmClaimOf),
  }));
}

/** As {@link dropUnbelieved}, for what another version or another log left behind. One transaction, or none. */
export function forgetUnbelieved(core: Core, scope: ScopeState): void {
  const { scopeId } = scope;
  const isStale =
    hasOldClaims(core.store, scopeId) ||
    core.chains.claimedHeads.list(scopeId).some((claim) => !counts(core.notices, scope, claim)) ||
    isDoubtful(core.notices, scopeId, (deviceId) => isBelieved(core.notices, scope, deviceId));
  if (isStale) {
    commit(core, () => {
      dropUnbelieved(core, scope);
    });
  }
}

/**
 * Forgets what devices told that are not believed any more, and what was told of such devices; alarms that rested on
 * nothing else are settled. Inside the caller's transaction.
 */
export function dropUnbelieved(core: Known & Pick<Core, 'notices' | 'chains'>, scope: ScopeState): void {
  const { scopeId } = scope;
  adoptOldClaims(core, scope);
  core.chains.claimedHeads.drop(scopeId, (claim) => !counts(core.notices, scope, claim));
  for (const { kind, deviceId } of core.notices.alarms.all().filter((alarm) => alarm.scopeId === scopeId)) {
    if (kind === 'withheld' && deviceId !== null) {
      restateWithheld(core, scopeId, deviceId);
    }
  }
  dropClaims(core, scopeId, (deviceId) => isBelieved(core.notices, scope, deviceId));
  dropAnnounced(core, scope);
}

function counts(notices: Notices, scope: ScopeState, { by, deviceId }: HeadClaim): boolean {
  return isBelieved(notices, scope, by) && isBelieved(notices, scope, deviceId);
}
