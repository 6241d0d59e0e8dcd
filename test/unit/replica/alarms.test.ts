import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../src/replica/kernel/alarms.ts';
import { alarmKinds } from '../../../src/replica/names/alarm.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const relayUrl = 'wss://relay.test';

function setup(): Pair & { readonly rewound: Parameters<TestDevice['replica']['raiseAlarm']>[0] } {
  const pair = setupPair();
  return { ...pair, rewound: { kind: 'relay_rewound', scopeId: pair.workspace, relayUrl } };
}

const auditTypes = ({ disk }: TestDevice): readonly string[] =>
  disk.audit.read(0, 1000).flatMap((event) => (typeof event === 'string' ? [] : [event.eventType]));

describe('alarms', () => {
  it('145 are raised once: one row, one event, one line of audit', () => {
    const { a, rewound, clock } = setup();
    a.replica.raiseAlarm(rewound);
    clock.nowMs += 5000;
    a.replica.raiseAlarm(rewound);
    expect(a.replica.alarms()).toMatchObject([
      {
        ...rewound,
        reasonCode: 'relay_untrusted',
        detail: 'relay_rewound',
        sinceMs: clock.nowMs - 5000,
        clearedMs: null,
      },
    ]);
    expect(a.events.map(({ type }) => type)).toEqual(['alarm.raised']);
    expect(auditTypes(a).filter((type) => type === 'sync.alarm.raised')).toHaveLength(1);
  });

  it('145 survive a restart, are cleared once, and may come back', () => {
    const { a, b, rewound, clock, workspace, profile } = setup();
    a.replica.raiseAlarm(rewound);
    a.replica.raiseAlarm({ kind: 'device_unseen', scopeId: profile, deviceId: b.keys.deviceId });
    a.restart();
    expect(a.replica.alarms()).toHaveLength(2);
    clock.nowMs += 60_000;
    a.replica.clearAlarms({ kind: 'relay_rewound', scopeId: workspace });
    a.replica.clearAlarms({ kind: 'relay_rewound', scopeId: workspace });
    expect(a.replica.alarms().map(({ clearedMs }) => clearedMs)).toEqual([clock.nowMs, null]);
    expect(auditTypes(a).filter((type) => type === 'sync.alarm.cleared')).toHaveLength(1);
    a.restart();
    a.replica.raiseAlarm(rewound);
    expect(a.replica.alarms().filter(({ clearedMs }) => clearedMs === null)).toHaveLength(2);
    expect(a.replica.alarms()).toHaveLength(2);
  });

  it('145 another scope, device or relay is another alarm', () => {
    const { a, rewound, profile } = setup();
    a.replica.raiseAlarm(rewound);
    a.replica.raiseAlarm({ ...rewound, relayUrl: 'wss://other.test' });
    a.replica.raiseAlarm({ ...rewound, scopeId: profile });
    a.replica.raiseAlarm({ kind: 'peer_fork', scopeId: profile, deviceId: a.keys.deviceId });
    expect(new Set(a.replica.alarms().map(({ id }) => id)).size).toBe(4);
    a.replica.clearAlarms({ scopeId: profile });
    expect(a.replica.alarms().filter(({ clearedMs }) => clearedMs !== null)).toHaveLength(2);
  });

  it('145 keep their proof, and no more of them than there is room for', () => {
    const { a, rewound } = setup();
    const proof = [new Uint8Array([1, 2]), new Uint8Array([3])];
    a.replica.raiseAlarm({ ...rewound, evidence: proof });
    const [first] = a.replica.alarms();
    expect(evidenceOf(a.disk, first?.id ?? '')).toEqual(proof);
    expect(evidenceOf(a.disk, 'al_unknown')).toEqual([]);
    a.replica.clearAlarms({});
    for (let index = 0; index < 256; index++) {
      a.replica.raiseAlarm({ ...rewound, relayUrl: `wss://relay-${index}.test` });
    }
    expect(a.replica.alarms()).toHaveLength(256);
    expect(a.replica.alarms().some(({ id }) => id === first?.id)).toBe(false);
    expect(evidenceOf(a.disk, first?.id ?? '')).toEqual([]);
  });

  it('145 a store that fails leaves no alarm, on disk or in memory', () => {
    const { a, rewound } = setup();
    for (let operation = 1; a.replica.alarms().length === 0; operation++) {
      expect(operation).toBeLessThan(50);
      a.failing.arm(operation);
      try {
        a.replica.raiseAlarm(rewound);
        a.failing.disarm();
      } catch {
        a.failing.disarm();
        expect(a.replica.alarms()).toEqual([]);
        expect(a.disk.settings.get('alarms')).toBeUndefined();
      }
    }
    expect(a.events.map(({ type }) => type)).toEqual(['alarm.raised']);
  });

  it.each(alarmKinds)('145 %s says what happened and what to do', (kind) => {
    const { a, b, workspace } = setup();
    a.replica.raiseAlarm({ kind, scopeId: workspace, deviceId: b.keys.deviceId, relayUrl });
    expect(a.replica.alarms()[0]?.message).toMatch(/\. .+/);
  });

  it('145 what is no alarm on the disk is left out', () => {
    const { a, rewound } = setup();
    a.replica.raiseAlarm(rewound);
    const [whole] = a.disk.settings.get('alarms') as readonly object[];
    a.disk.settings.set('alarms', [whole, 1, { ...whole, kind: 'other' }, { ...whole, scopeId: 'x' }] as never);
    a.restart();
    expect(a.replica.alarms()).toHaveLength(1);
  });
});
