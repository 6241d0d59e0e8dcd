import { describe, expect, it } from 'vitest';
import { alarmBodies, alarmFacts } from '../../../src/daemon/relays/alarm-bodies.ts';
import { engineFacts } from '../../../src/daemon/relays/engine-facts.ts';
import { createOutbox } from '../../../src/daemon/relays/outbox.ts';
import { stateOf } from '../../../src/lifecycle/state-of.ts';
import type { AlarmKind } from '../../../src/replica/names/alarm.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import { calm } from '../../helpers/calm-surroundings.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

describe('what alarms mean for engines', () => {
  const table: readonly [AlarmKind, 'quarantined' | 'degraded', string | null][] = [
    ['log_fork', 'quarantined', 'relay_untrusted'],
    ['log_rollback', 'degraded', 'relay_untrusted'],
    ['relay_rewound', 'degraded', 'relay_untrusted'],
    ['withheld', 'degraded', 'relay_untrusted'],
    ['not_forwarded', 'degraded', 'relay_untrusted'],
    ['peer_fork', 'degraded', 'relay_untrusted'],
    ['device_equivocation', 'degraded', 'signature_invalid'],
    ['device_unseen', 'degraded', null],
  ];
  it.each(table)('%s makes the engines of its scope %s, and no others', (kind, state, reasonCode) => {
    const { a, b, workspace } = setupPair();
    a.replica.raiseAlarm({ kind, scopeId: workspace, deviceId: b.keys.deviceId });
    const conditionOf = (scope: string) =>
      stateOf(
        engineFacts({
          binding: a.bindings.all().find((one) => one.scope === scope) as CollectionBinding,
          enabled: true,
          replica: a.replica,
          store: a.disk,
          outbox: createOutbox(),
          around: { ...calm, relay: { ...calm.relay, state: { state: 'online', scopes: {} } } },
        }),
      );
    const struck = conditionOf('workspace').conditions.find((condition) => condition.state === state);
    expect(struck?.reasonCodes).toEqual(reasonCode === null ? [] : [reasonCode]);
    expect(conditionOf('profile').conditions.map((condition) => condition.state)).not.toContain(state);
    a.replica.clearAlarms({});
    expect(conditionOf('workspace').conditions.map((condition) => condition.state)).not.toContain(state);
  });

  it('bodies name the device, and leave out what is cleared', () => {
    const { a, b, workspace, profile, clock } = setupPair();
    a.replica.raiseAlarm({ kind: 'device_unseen', scopeId: profile, deviceId: b.keys.deviceId });
    a.replica.raiseAlarm({ kind: 'withheld', scopeId: workspace, deviceId: b.keys.deviceId });
    a.replica.clearAlarms({ kind: 'withheld' });
    expect(alarmBodies(a.replica.alarms(), () => 'laptop')).toMatchObject([
      { kind: 'device_unseen', label: 'laptop', since: new Date(clock.nowMs).toISOString() },
    ]);
    expect(alarmFacts(a.replica.alarms(), undefined)).toEqual({ isolated: null, degraded: [] });
  });
});
