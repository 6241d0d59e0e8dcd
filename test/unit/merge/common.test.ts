import { describe, expect, it } from 'vitest';
import type { LoggedChange } from '../../../src/contract/change.ts';
import type { MergeStrategyName } from '../../../src/contract/manifest.ts';
import type { PlanInput, Strategy } from '../../../src/contract/strategy.ts';
import { strategyOf } from '../../../src/merge/strategies.ts';
import { type Device, createDevice, manifestOf, sharedState } from './world.ts';

const names = ['crdt', 'graph_merge', 'manual_review', 'append_only', 'signed_authority_required'] as const;

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** A life of a record on two devices: in a line, apart, and together again. Answers both, with everything exchanged. */
function play(name: MergeStrategyName, strategy: Strategy): readonly [Device, Device] {
  const setting = { manifest: manifestOf(name, { dangerousFields: ['d'] }), strategy, textPaths: ['/t'] };
  const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
  const give = (to: Device, ...changes: readonly (LoggedChange | undefined)[]): void =>
    changes.forEach((change) => change && to.receive(change));
  const first = a.write({ kind: 'put', fields: { t: 'one\ntwo', n: 1 } });
  give(b, first);
  give(a, b.decide('accept'));
  const left = a.write({ kind: 'patch', patch: [{ op: 'add', path: '/n', value: 2 }] });
  const right = b.write({ kind: 'patch', patch: [{ op: 'add', path: '/n', value: 3 }] });
  const gated = b.write({ kind: 'patch', patch: [{ op: 'add', path: '/d', value: true }] });
  give(a, right, gated);
  give(b, left);
  give(b, a.decide('accept'));
  give(a, b.decide('reject'));
  give(b, a.write({ kind: 'put', fields: { t: 'one\ntwo\nthree', n: 2 } }));
  give(a, b.write({ kind: 'remove' }));
  return [a, b];
}

describe.each(names)('%s', (name) => {
  const real = strategyOf(name);

  it('1 asks nothing: planned again from the same, frozen, it plans the same', () => {
    let planned = 0;
    const twice = (input: PlanInput): ReturnType<Strategy['plan']> => {
      const { viewer, processEpoch: _process, ...said } = input as PlanInput & { processEpoch?: unknown };
      deepFreeze(said);
      Object.freeze(viewer);
      planned += 1;
      const plan = real.plan(input);
      expect(real.plan({ ...structuredClone(said), viewer: { ...viewer, isOld: undefined } })).toEqual(plan);
      return plan;
    };
    play(name, { ...real, plan: twice });
    expect(planned).toBeGreaterThan(1);
  });

  it('3 history that it does not need changes no answer', () => {
    const needed = new Set<boolean>();
    const both: Strategy = {
      ...real,
      needsHistory: () => true,
      plan(input) {
        const needs = real.needsHistory(input.change, input.row);
        needed.add(needs);
        const plan = real.plan(input);
        if (!needs && plan.verdict.verdict !== 'duplicate') {
          expect(real.plan({ ...input, history: [] })).toEqual(plan);
        }
        return plan;
      },
    };
    const [withAll] = play(name, both);
    const [asEver] = play(name, real);
    expect(sharedState(withAll)).toEqual(sharedState(asEver));
    expect(needed.has(false)).toBe(true);
  });
});

describe('the version of a row', () => {
  it('4 is the latest head, and fields may change under it', () => {
    const setting = { manifest: manifestOf('graph_merge') };
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    const first = a.write({ kind: 'put', fields: { a: 1, b: 1 } }) as LoggedChange;
    b.receive(first);
    const early = b.write({ kind: 'patch', patch: [{ op: 'add', path: '/b', value: 2 }] }) as LoggedChange;
    a.advance(5);
    const late = a.write({ kind: 'patch', patch: [{ op: 'add', path: '/a', value: 2 }] }) as LoggedChange;
    const before = a.row();
    a.receive(early);
    expect([before?.version, a.row()?.version]).toEqual([late.changeId, late.changeId]);
    expect([before?.fields, a.row()?.fields]).toEqual([
      { a: 2, b: 1 },
      { a: 2, b: 2 },
    ]);
    expect(a.row()?.heads).not.toEqual(before?.heads);
  });

  it('4 of manual_review is the change that was applied last', () => {
    const setting = { manifest: manifestOf('manual_review') };
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    const first = a.write({ kind: 'put', fields: { a: 1 } }) as LoggedChange;
    b.receive(first);
    a.receive(b.decide('accept') as LoggedChange);
    const other = b.write({ kind: 'patch', patch: [{ op: 'add', path: '/a', value: 2 }] }) as LoggedChange;
    a.receive(other);
    expect(a.row()).toMatchObject({ fields: { a: 1 } });
    expect(a.row()?.version).not.toBe(other.changeId);
    a.decide('accept');
    expect(a.row()).toMatchObject({ fields: { a: 2 }, version: other.changeId });
  });
});

it.each(['graph_merge', 'manual_review', 'signed_authority_required'] as const)(
  '7 a whole record that is written on a live one travels as what differs, %s',
  (name) => {
    const device = createDevice('A', { manifest: manifestOf(name) });
    device.write({ kind: 'put', fields: { a: 1, b: { c: 1, d: 1 }, e: 1 } });
    const change = device.write({ kind: 'put', fields: { a: 1, b: { c: 2, d: 1 } } });
    expect(change).toMatchObject({
      operation: 'patch',
      value: expect.arrayContaining([
        { op: 'remove', path: '/e' },
        { op: 'add', path: '/b/c', value: 2 },
      ]) as unknown,
    });
    expect(change?.value).toHaveLength(2);
  },
);

describe('30 append_only', () => {
  const setting = { manifest: manifestOf('append_only') };
  const entry = (device: Device, value: number) => device.write({ kind: 'put', fields: { value } }) as LoggedChange;

  it('takes the same content again as nothing new, and refuses what would change it', () => {
    const device = createDevice('A', setting);
    entry(device, 1);
    const before = device.row();
    entry(device, 1);
    expect(device.row()).toEqual(before);
    expect([entry(device, 2), device.write({ kind: 'remove' })]).toEqual([undefined, undefined]);
    expect(device.write({ kind: 'patch', patch: [] })).toBeUndefined();
    expect(device.lastRefusal()).toBe('policy_denied/immutable_entry');
    expect(device.row()).toEqual(before);
  });

  it.each(['patch', 'delete', 'tombstone', 'command'] as const)('refuses a %s that arrives', (operation) => {
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    const first = entry(a, 1);
    b.receive(first);
    b.receive({ ...first, changeId: 'A2' as never, operation, parents: [first.changeId], value: null });
    expect([b.lastRefusal(), b.row()?.fields]).toEqual(['policy_denied/immutable_entry', { value: 1 }]);
  });

  it('of two contents written apart the first holds, whatever arrives first', () => {
    const [a, b] = [createDevice('A', setting), createDevice('B', setting)];
    const early = entry(a, 1);
    b.advance(5);
    const late = entry(b, 2);
    a.receive(late);
    b.receive(early);
    for (const device of [a, b]) {
      expect([device.row()?.fields, device.disposition(late)]).toEqual([{ value: 1 }, 'refused']);
    }
  });
});
