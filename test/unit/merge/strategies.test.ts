import { describe, expect, it } from 'vitest';
import type { ChangeId } from '../../../src/base/ids.ts';
import { mergeStrategies } from '../../../src/contract/manifest.ts';
import type { MergeStrategyName } from '../../../src/contract/manifest.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { released } from '../../../src/merge/plain/released.ts';
import { strategyOf } from '../../../src/merge/strategies.ts';
import { changeOf, createDevice, manifestOf } from './world.ts';

const put = { kind: 'put', fields: { a: 1 } } as const;

function arriving(
  strategy: MergeStrategyName,
  operation: Operation,
  value: JsonValue,
  parents: string[] = [],
): LoggedChange {
  return changeOf('B', 1, { operation, parents: parents as ChangeId[], value }, 50, { manifest: manifestOf(strategy) });
}

describe('the table of strategies', () => {
  it.each(mergeStrategies)('%s is served under its name', (name) => {
    expect(strategyOf(name).name).toBe(name);
  });
});

describe('6 what arrives and is refused', () => {
  it.each<[MergeStrategyName, Operation, JsonValue, string]>([
    ['never_merge', 'put', {}, 'policy_denied/stays_on_device'],
    ['quarantine', 'put', {}, 'manual_review_required/quarantined_on_arrival'],
    ['strongest_policy_wins', 'put', {}, 'schema_unknown/record_malformed'],
    ['signed_authority_required', 'put', 1, 'schema_unknown/record_malformed'],
    ['signed_authority_required', 'patch', [], 'schema_unknown/record_malformed'],
    [
      'signed_authority_required',
      'command',
      { decision: 'reject', proposals: ['x'] },
      'schema_unknown/record_malformed',
    ],
    ['append_only', 'patch', [], 'policy_denied/immutable_entry'],
    ['append_only', 'tombstone', null, 'policy_denied/immutable_entry'],
    ['append_only', 'put', 1, 'schema_unknown/record_malformed'],
    ['graph_merge', 'put', [1], 'schema_unknown/record_malformed'],
    ['graph_merge', 'patch', { op: 'add' }, 'schema_unknown/record_malformed'],
    ['graph_merge', 'patch', [{ op: 'move', path: '/a' }], 'schema_unknown/record_malformed'],
    ['graph_merge', 'patch', [{ op: 'add', path: 'a', value: 1 }], 'schema_unknown/record_malformed'],
    ['manual_review', 'put', 1, 'schema_unknown/record_malformed'],
    ['manual_review', 'command', { decision: 'maybe', proposals: ['x'] }, 'schema_unknown/record_malformed'],
    ['manual_review', 'command', { decision: 'accept', proposals: ['x'] }, 'policy_denied'],
    ['crdt', 'command', {}, 'schema_unknown/crdt_malformed'],
  ])('%s %s %j: %s', (strategy, operation, value, reason) => {
    const device = createDevice('A', { manifest: manifestOf(strategy) });
    device.receive(arriving(strategy, operation, value));
    expect(device.lastRefusal()).toBe(reason);
    expect(device.row()).toBeUndefined();
  });

  it('a patch through a value that is no object is malformed', () => {
    const device = createDevice('A', { manifest: manifestOf('graph_merge') });
    const first = device.write(put) as LoggedChange;
    device.receive(arriving('graph_merge', 'patch', [{ op: 'add', path: '/a/b', value: 1 }], [first.changeId]));
    expect(device.lastRefusal()).toBe('schema_unknown/record_malformed');
    expect(device.row()?.fields).toEqual({ a: 1 });
  });
});

describe('what is asked and refused', () => {
  it.each<MergeStrategyName>(['graph_merge', 'manual_review', 'crdt', 'quarantine'])(
    '%s: removing and patching nothing',
    (name) => {
      const device = createDevice('A', { manifest: manifestOf(name) });
      expect(device.write({ kind: 'remove' })).toBeUndefined();
      expect(device.lastRefusal()).toBe('schema_unknown/entry_unknown');
      expect(device.write({ kind: 'patch', patch: [] })).toBeUndefined();
      expect(device.lastRefusal()).toBe('schema_unknown/entry_unknown');
    },
  );

  it.each<MergeStrategyName>(['graph_merge', 'manual_review', 'append_only', 'quarantine'])(
    '%s takes no binary update',
    (name) => {
      const device = createDevice('A', { manifest: manifestOf(name) });
      device.write({ kind: 'binary', update: new Uint8Array(2) });
      expect(device.lastRefusal()).toBe('schema_unknown/record_malformed');
    },
  );

  it('a manifest without tombstones deletes', () => {
    const device = createDevice('A', { manifest: manifestOf('graph_merge', { supportsTombstones: false }) });
    device.write(put);
    expect(device.write({ kind: 'remove' })?.operation).toBe('delete');
  });
});

describe('manual_review decisions', () => {
  const setting = { manifest: manifestOf('manual_review') };

  it('41 a device does not decide its own proposal, whatever it sends', () => {
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    const change = a.write(put) as LoggedChange;
    b.receive(change);
    const command = { decision: 'accept', proposals: [change.changeId] };
    b.receive(changeOf('A', 2, { operation: 'command', parents: [change.changeId], value: command }, 9, setting));
    expect(b.lastRefusal()).toBe('policy_denied');
    expect(b.row()?.state).toBe('absent');
    expect(b.open()).toHaveLength(1);
  });

  it('40, 43 a newer change of the same author supersedes, and equal ones of two devices are one item', () => {
    const [a, b, c] = [createDevice('A', setting), createDevice('B', setting), createDevice('C', setting)];
    const first = a.write(put) as LoggedChange;
    const second = a.write({ kind: 'patch', patch: [{ op: 'add', path: '/a', value: 2 }] }) as LoggedChange;
    const other = b.write({ kind: 'put', fields: { a: 2 } }) as LoggedChange;
    for (const change of [first, second, other]) {
      c.receive(change);
    }
    expect(c.disposition(first)).toBe('superseded');
    expect(c.open().map(({ changes }) => changes.length)).toEqual([3]);
    c.decide('accept');
    expect(c.row()?.fields).toEqual({ a: 2 });
    expect(c.open()).toEqual([]);
  });

  it('41b of two devices that accept each other’s value apart neither yes holds, and the next one does', () => {
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    const [ofA, ofB] = [a.write(put), b.write({ kind: 'put', fields: { a: 2 } })] as [LoggedChange, LoggedChange];
    a.receive(ofB);
    b.receive(ofA);
    const [yesOfA, yesOfB] = [a.decide('accept'), b.decide('accept')] as [LoggedChange, LoggedChange];
    a.receive(yesOfB);
    b.receive(yesOfA);
    expect([a.open(), b.open()].map((items) => items.map(({ changes }) => changes))).toEqual([
      [[ofB.changeId]],
      [[ofA.changeId]],
    ]);
    b.receive(a.decide('accept') as LoggedChange);
    expect([a.row()?.fields, b.row()?.fields, a.open(), b.open()]).toEqual([{ a: 2 }, { a: 2 }, [], []]);
  });

  it('of two contradictory decisions made apart neither holds, and everybody is asked again', () => {
    const [a, b, c] = [createDevice('A', setting), createDevice('B', setting), createDevice('C', setting)];
    const change = a.write(put) as LoggedChange;
    b.receive(change);
    c.receive(change);
    const accepted = b.decide('accept') as LoggedChange;
    c.advance(5);
    const rejected = c.decide('reject') as LoggedChange;
    for (const device of [a, b, c]) {
      for (const command of [accepted, rejected].filter((one) => device.disposition(one) === undefined)) {
        device.receive(command);
      }
      expect(device.row()?.state).toBe(device === a ? 'live' : 'absent');
      expect(device.open()).toHaveLength(1);
      expect(device.disposition(change)).toBe(device === a ? 'applied' : 'proposed');
    }
  });
});

describe('release from quarantine', () => {
  it('51 what is released takes effect, what is merely held does not', () => {
    const setting = { manifest: manifestOf('quarantine') };
    const device = createDevice('A', setting);
    device.write(put);
    const held = arriving('quarantine', 'put', { a: 9 });
    device.receive(held);
    device.write({ kind: 'patch', patch: [{ op: 'add', path: '/b', value: 1 }] });
    expect(device.row()?.fields).toEqual({ a: 1, b: 1 });
    const plan = released.plan({ ...device.context(), change: held, history: [] });
    expect(plan.verdict.verdict).toBe('accept');
  });
});
