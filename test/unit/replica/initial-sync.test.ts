import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import { everythingOn, sharedState } from './device-state.ts';

const workspace = 'workspace' as CollectionName;
const engineId = 'sourceos.sync.workspace';

describe('records of two sides that meet for the first time', () => {
  it('169 the plan counts what would happen and leaves no trace', () => {
    const { b } = strangers();
    const before = everythingOn(b);
    const plan = { waiting: 4, add: 2, change: 0, remove: 0, review: 0, conflict: 1, hold: 0, brake: false };
    expect(b.replica.planInitialSync(workspace)).toMatchObject({ waiting: plan.waiting, add: plan.add, isFirst: true });
    expect(b.replica.planInitialSync(workspace)).toEqual(b.replica.planInitialSync(workspace));
    expect(everythingOn(b)).toEqual(before);
    expect(b.replica.meet(workspace, 'merge')).toMatchObject({ ok: false, error: { kind: 'engine_disabled' } });
  });

  it('169 the plan is what then happens', () => {
    const { b } = strangers();
    const { add, conflict, hold } = b.replica.planInitialSync(workspace);
    const before = b.disk.records.counts(workspace);
    b.disabled.clear();
    b.replica.rejudge(workspace);
    const after = b.disk.records.counts(workspace);
    expect(after.live - before.live).toBe(add);
    expect(after.conflicts - before.conflicts).toBe(conflict);
    expect(hold).toBe(0);
    expect(b.replica.planInitialSync(workspace)).toMatchObject({ waiting: 0, isFirst: false });
  });

  it('169 the plan says what the brake would hold, and counts it towards no window', () => {
    const { a, b, clock, exchange } = setupPair();
    for (let index = 0; index < 100; index++) {
      a.put(['workspace', `r${index}`], task('one'));
    }
    exchange();
    clock.nowMs += 3 * 3_600_000;
    b.disabled.add(engineId);
    for (let index = 0; index < 95; index++) {
      a.remove(['workspace', `r${index}`]);
    }
    exchange();
    for (let round = 0; round < 3; round++) {
      expect(b.replica.planInitialSync(workspace)).toMatchObject({ hold: 95, remove: 0, brake: true, isFirst: false });
    }
    b.disabled.clear();
    expect(b.replica.meet(workspace, 'merge')).toMatchObject({ ok: true, value: 95 });
    expect(b.disk.records.counts(workspace).live).toBe(5);
  });

  it.each([
    ['local', 'here'],
    ['remote', 'there'],
  ] as const)(
    '170 %s: of a record that both have, what is %s is live on both, and the rest is added',
    (choice, title) => {
      const { a, b, exchange } = strangers();
      b.disabled.clear();
      expect(b.replica.meet(workspace, choice)).toMatchObject({ ok: true, value: 4 });
      exchange();
      for (const device of [a, b]) {
        expect(device.fields(['workspace', 'both'])).toMatchObject({ title });
        expect(device.fields(['workspace', 'there'])).toEqual(task('there'));
        expect(device.fields(['workspace', 'here'])).toEqual(task('here'));
        expect(device.reviews()).toEqual([]);
      }
      expect(sharedState(a, ['workspace'])).toBe(sharedState(b, ['workspace']));
    },
  );

  it('170 review: what would change a live record waits for a person, and the rest is added', () => {
    const { b } = strangers();
    b.disabled.clear();
    b.replica.meet(workspace, 'review');
    expect(b.fields(['workspace', 'both'])).toEqual(task('here'));
    expect(b.fields(['workspace', 'there'])).toEqual(task('there'));
    const items = b.reviews();
    expect(items).toMatchObject([{ kind: 'brake', collection: 'workspace' }]);
    b.replica.decide([items[0]?.id ?? ''], 'accept');
    expect(b.reviews()).toMatchObject([{ kind: 'conflict' }]);
  });
});

/** Device b worked in a collection alone, was switched off there, and hears of a's work. */
function strangers(): Pair {
  const pair = setupPair();
  const { a, b, send } = pair;
  b.put(['workspace', 'both'], task('here'));
  b.put(['workspace', 'here'], task('here'));
  b.disabled.add(engineId);
  a.put(['workspace', 'both'], task('first there'));
  a.put(['workspace', 'both'], task('there'));
  a.put(['workspace', 'there'], task('there'));
  a.put(['workspace', 'there too'], task('there'));
  send(a, b);
  return pair;
}

function task(title: string): { readonly kind: string; readonly title: string } {
  return { kind: 'task', title };
}
