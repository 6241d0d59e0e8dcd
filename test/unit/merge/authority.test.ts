import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { LoggedChange } from '../../../src/contract/change.ts';
import { dangerous } from '../../../src/contract/judgement.ts';
import { type Device, type Setting, createDevice, manifestOf, plainEngine, sharedState } from './world.ts';

const plain: Setting = { manifest: manifestOf('signed_authority_required') };
const gated: Setting = { manifest: manifestOf('signed_authority_required', { dangerousFields: ['d'] }) };

const give = (to: Device, ...changes: readonly (LoggedChange | undefined)[]): void =>
  changes.forEach((change) => change && to.receive(change));
const put = (device: Device, fields: JsonObject): LoggedChange => device.write({ kind: 'put', fields }) as LoggedChange;
const add = (device: Device, name: string, value: number): LoggedChange =>
  device.write({ kind: 'patch', patch: [{ op: 'add', path: `/${name}`, value }] }) as LoggedChange;

/** Two devices that hold the same record. */
function pair(setting: Setting, fields: JsonObject = { a: 0, b: 0 }): readonly [Device, Device] {
  const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
  give(b, put(a, fields));
  give(a, b.decide('accept'));
  return [a, b];
}

/** Both write another member apart, A before B, and learn of each other. */
function apart(setting: Setting): readonly [Device, Device, LoggedChange, LoggedChange] {
  const [a, b] = pair(setting);
  const left = add(a, 'a', 1);
  b.advance(3);
  const right = add(b, 'b', 1);
  give(a, right);
  give(b, left);
  return [a, b, left, right];
}

describe('45 what is live', () => {
  it('is one version as its author left it', () => {
    for (const device of apart(plain).slice(0, 2) as readonly Device[]) {
      expect(device.row()?.fields).toEqual({ a: 0, b: 1 });
    }
  });

  it('a patch stands on the strongest of its parents', () => {
    const generations = { A: 2, B: 1, C: 2 };
    const [a, b, left, right] = apart({ ...plain, generations });
    const parents = [left.changeId, right.changeId].sort();
    const patch = {
      ...right,
      ...{ changeId: 'C1', deviceId: 'C', sequence: 1, operation: 'patch', parents, stamp: '0000000000ff-0000' },
      value: [{ op: 'add', path: '/c', value: 9 }],
    } as unknown as LoggedChange;
    give(a, patch);
    give(b, patch);
    for (const device of [a, b]) {
      expect(device.row()?.fields).toEqual({ a: 1, b: 0, c: 9 });
    }
  });
});

describe('46 versions written apart', () => {
  it('the highest generation holds, and nobody is asked', () => {
    const [a, b, left, right] = apart({ ...plain, generations: { A: 2, B: 1 } });
    for (const device of [a, b]) {
      expect([device.row()?.fields, device.open()]).toEqual([{ a: 1, b: 0 }, []]);
      expect([device.disposition(left), device.disposition(right)]).toEqual(['applied', 'superseded']);
    }
  });

  it('within one generation what is there holds over what is deleted', () => {
    const [a, b] = pair(plain);
    const kept = add(a, 'a', 1);
    b.advance(5);
    const removed = b.write({ kind: 'remove' }) as LoggedChange;
    give(a, removed);
    give(b, kept);
    expect([a.row()?.fields, b.row()?.fields]).toEqual([
      { a: 1, b: 0 },
      { a: 1, b: 0 },
    ]);
  });

  it.each([
    ['accept', { a: 0, b: 1 }],
    ['reject', { a: 1, b: 0 }],
  ] as const)('then the later, and a person chooses: %s', (choice, chosen) => {
    const [a, b, left, right] = apart(plain);
    expect([a.open().length, b.open().length]).toEqual([1, 1]);
    const settled = a.decide(choice) as LoggedChange;
    expect(settled).toMatchObject({ operation: 'put', parents: [left.changeId, right.changeId].sort(), value: chosen });
    give(b, settled);
    for (const device of [a, b]) {
      expect([device.row()?.fields, device.open()]).toEqual([chosen, []]);
    }
  });

  it('that say the same ask nobody', () => {
    const [a, b] = pair(plain);
    const [left, right] = [add(a, 'a', 1), add(b, 'a', 1)];
    give(a, right);
    give(b, left);
    expect([a.open(), b.open()]).toEqual([[], []]);
  });
});

describe('47 a removal that the engine judges dangerous', () => {
  const relied: Setting = {
    ...plain,
    engine: {
      ...plainEngine,
      judge: (_before, next) => (next === null ? dangerous('something relies on it') : undefined),
    },
  };

  function removed(): readonly [Device, Device, LoggedChange] {
    const [a, b] = pair(relied);
    const change = a.write({ kind: 'remove' }) as LoggedChange;
    give(b, change);
    return [a, b, change];
  }

  it('waits, and says why; where it was made it holds', () => {
    const [a, b, change] = removed();
    expect([a.row()?.state, b.row()?.state, b.disposition(change)]).toEqual(['tombstoned', 'live', 'proposed']);
    expect(b.open()).toMatchObject([{ kind: 'proposal', changes: [change.changeId] }]);
    expect(b.open()[0]?.summary).toMatch(/^delete .*: something relies on it$/);
  });

  it('is accepted, and is rejected by the live version on top of it', () => {
    const [, accepting] = removed();
    expect(accepting.decide('accept')).toMatchObject({ operation: 'command' });
    expect([accepting.row()?.state, accepting.open()]).toEqual(['tombstoned', []]);
    const [a, rejecting] = removed();
    give(a, rejecting.decide('reject'));
    expect([a, rejecting].map((device) => device.row()?.fields)).toEqual([
      { a: 0, b: 0 },
      { a: 0, b: 0 },
    ]);
    expect(rejecting.open()).toEqual([]);
  });
});

describe('47 a dangerous field of another device', () => {
  function waiting(): readonly [Device, Device, LoggedChange] {
    const [a, b] = pair(gated);
    const change = a.write({
      kind: 'patch',
      patch: [
        { op: 'add', path: '/d', value: 1 },
        { op: 'add', path: '/a', value: 1 },
      ],
    }) as LoggedChange;
    give(b, change);
    return [a, b, change];
  }

  it('waits as a whole, and what was live stays', () => {
    const [, b, change] = waiting();
    expect([b.row()?.fields, b.disposition(change)]).toEqual([{ a: 0, b: 0 }, 'proposed']);
    expect(b.open()).toMatchObject([{ kind: 'proposal', changes: [change.changeId] }]);
  });

  it('is accepted by a command on the proposal alone', () => {
    const [a, b, change] = waiting();
    expect(b.decide('accept')).toMatchObject({
      ...{ operation: 'command', parents: [change.changeId] },
      value: { decision: 'accept', proposals: [change.changeId] },
    });
    expect([b.row()?.fields, b.open()]).toEqual([a.row()?.fields, []]);
  });

  it('is rejected by the live version on top of it', () => {
    const [a, b, change] = waiting();
    const no = b.decide('reject') as LoggedChange;
    expect(no).toMatchObject({ operation: 'put', value: { a: 0, b: 0 } });
    expect(no.parents).toContain(change.changeId);
    give(a, no);
    expect([a.row()?.fields, b.row()?.fields, b.open()]).toEqual([{ a: 0, b: 0 }, { a: 0, b: 0 }, []]);
  });

  it('is not settled by a write beside it', () => {
    const [, b] = waiting();
    add(b, 'b', 7);
    expect([b.row()?.fields, b.open().length]).toEqual([{ a: 0, b: 7 }, 1]);
  });
});

it('48 going back to a version that was live here needs no second yes', () => {
  const [a, b] = pair(gated, { a: 0, d: 1 });
  expect(b.row()?.fields).toEqual({ a: 0, d: 1 });
  const [left, right] = [add(a, 'd', 2), add(b, 'd', 3)];
  give(a, right);
  give(b, left);
  const back = a.decide({ kind: 'merge', fields: { a: 0, d: 1 } }) as LoggedChange;
  give(b, back);
  expect([a.row()?.fields, b.row()?.fields]).toEqual([
    { a: 0, d: 1 },
    { a: 0, d: 1 },
  ]);
  expect(b.open()).toEqual([]);

  // What was live nowhere here is asked about.
  const [c, d] = pair(gated, { a: 0, d: 1 });
  const [one, other] = [add(c, 'd', 2), add(d, 'd', 3)];
  give(c, other);
  give(d, one);
  give(d, c.decide({ kind: 'merge', fields: { a: 0, d: 4 } }) as LoggedChange);
  expect(d.open().length).toBeGreaterThan(0);
  expect(sharedState(d)).not.toEqual(sharedState(c));
});
