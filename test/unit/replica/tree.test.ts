import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { ReviewItem } from '../../../src/contract/review.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import { deepestTree } from '../../../src/merge/values/tree.ts';
import { type Devices, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import { type Place, type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { runs } from '../../helpers/suite.ts';

const at = (name: string): Place => ['workspace', name];
const under = (parent?: string): JsonObject => ({
  ...{ kind: 'task', title: 't' },
  edges: parent === undefined ? {} : { up: { type: 'parent', to: `workspace/${parent}` } },
});
const folder = (parent?: string): JsonObject => ({
  ...{ kind: 'folder', title: 'f' },
  ...(parent === undefined ? {} : { parent: `browser/${parent}` }),
});

function cyclesOn(device: TestDevice): readonly ReviewItem[] {
  return device.reviews().filter(({ cycle }) => cycle !== undefined);
}

function viewOf(device: TestDevice, place: Place): unknown {
  const row = device.row(place);
  return row && device.replica.treeView(row);
}

/** Parent of every record as the live view has it, and the open questions about it. */
function treeOn(device: TestDevice): string {
  const rows = device.disk.records.list('workspace' as never, everyItem).items;
  const tree = rows.map((row) => ({ id: row.id, ...device.replica.treeView(row), counts: row.openConflicts }));
  const items = cyclesOn(device).map(({ id, recordId, cycle, alternatives }) => ({
    id,
    recordId,
    cycle,
    alternatives,
  }));
  const byId = <T extends { readonly id: string }>(list: readonly T[]): readonly T[] =>
    [...list].sort((left, right) => (left.id < right.id ? -1 : 1));
  return canonicalText({ tree: byId(tree), items: byId(items) } as unknown as JsonValue);
}

function hasCycle(device: TestDevice): boolean {
  const rows = device.disk.records.list('workspace' as never, everyItem).items;
  const parent = new Map(rows.map((row) => [row.id, device.replica.treeView(row)?.parent ?? null]));
  return rows.some(({ id }) => {
    let next = parent.get(id) ?? null;
    for (let steps = 0; next !== null; steps++) {
      if (steps > rows.length) {
        return true;
      }
      next = parent.get(next) ?? null;
    }
    return false;
  });
}

describe('a local move', () => {
  it('250 that would close a cycle is refused in words, by edge or by field', () => {
    const { a } = setupPair();
    a.put(at('x'), under());
    a.put(at('y'), under('x'));
    a.put(at('z'), under('y'));
    for (const parent of ['x', 'y', 'z']) {
      const result = a.write(at('x'), { kind: 'put', fields: under(parent) });
      expect(result.ok ? '' : result.error.message).toContain('that would close a cycle');
    }
    expect(a.fields(at('x'))).toEqual(under());
    a.put(['browser', 'x'], folder());
    a.put(['browser', 'y'], folder('x'));
    const patch = [{ op: 'add', path: '/parent', value: 'browser/y' }] as const;
    const result = a.write(['browser', 'x'], { kind: 'patch', patch });
    expect(result).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });

  it('250 by other edges, to other collections, and out of a chain are free', () => {
    const { a } = setupPair();
    a.put(at('x'), under());
    a.put(at('y'), under('x'));
    a.put(at('x'), { ...under(), edges: { e: { type: 'related', to: 'workspace/y' } } });
    a.put(at('x'), { ...under(), edges: { e: { type: 'parent', to: 'agents/y' } } });
    a.put(at('y'), under());
    a.put(at('x'), under('y'));
    expect(viewOf(a, at('x'))).toEqual({ parent: 'y', detached: false });
    expect(viewOf(a, at('y'))).toEqual({ parent: null, detached: false });
  });

  it(`250 deeper than ${deepestTree} levels is refused, and says so`, () => {
    const { a } = setupPair();
    // From the leaf to the root: nothing above is there yet when each is put.
    for (let height = 0; height < deepestTree; height++) {
      a.put(at(`n${height}`), under(height === deepestTree - 1 ? undefined : `n${height + 1}`));
    }
    a.put(at('last'), under('n1'));
    const result = a.write(at('beyond'), { kind: 'put', fields: under('n0') });
    expect(result.ok ? '' : result.error.message).toContain('further than a tree is followed');
  });

  it('250 a collection that is no tree, or a record that is gone, has no place', () => {
    const { a } = setupPair();
    a.put(['shell', 's'], { kind: 'alias', name: 'l', body: 'ls' });
    expect(viewOf(a, ['shell', 's'])).toBeUndefined();
    a.put(at('x'), under());
    a.remove(at('x'));
    expect(viewOf(a, at('x'))).toBeUndefined();
  });
});

describe('moves made apart', () => {
  const crossed = (): Devices & { readonly a: TestDevice; readonly b: TestDevice; readonly c: TestDevice } => {
    const devices = setupDevices(3);
    const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
    a.put(at('x'), under());
    a.put(at('y'), under());
    devices.exchange();
    devices.clock.nowMs += 1;
    a.put(at('x'), under('y'));
    devices.clock.nowMs += 1;
    b.put(at('y'), under('x'));
    devices.exchange();
    return { ...devices, a, b, c };
  };

  it('251 that together close a cycle leave one question, at the latest move; what was written stays', () => {
    const { all } = crossed();
    for (const device of all) {
      expect(viewOf(device, at('x'))).toEqual({ parent: 'y', detached: false });
      expect(viewOf(device, at('y'))).toEqual({ parent: null, detached: true });
      expect(device.fields(at('y'))).toEqual(under('x'));
      expect(device.row(at('y'))?.openConflicts).toBe(1);
      expect(cyclesOn(device)).toMatchObject([
        {
          recordId: 'y',
          kind: 'conflict',
          cycle: ['x', 'y'],
          alternatives: [{ deleted: true }, { value: { to: 'workspace/x' } }],
        },
      ]);
      expect(device.events.filter(({ type }) => type === 'conflict.detected')).toHaveLength(1);
    }
  });

  it.each([
    ['accept', { x: 'y', y: null }],
    ['reject', { x: null, y: 'x' }],
  ] as const)('252 %s is one written change, the same everywhere', (decision, wanted) => {
    const { all, c, exchange, clock } = crossed();
    clock.nowMs += 1;
    const [item] = cyclesOn(c);
    expect(c.replica.decide([item?.id ?? ''], decision)[0]?.ok).toBe(true);
    expect(cyclesOn(c)).toEqual([]);
    exchange();
    for (const device of all) {
      expect(viewOf(device, at('x'))).toEqual({ parent: wanted.x, detached: false });
      expect(viewOf(device, at('y'))).toEqual({ parent: wanted.y, detached: false });
      expect(device.disk.reviews.get(item?.id ?? '')?.status).toBe('resolved');
      expect(device.row(at('y'))?.openConflicts).toBe(0);
    }
  });

  it('252 nothing but accept and reject decides it', () => {
    const { a } = crossed();
    const [result] = a.replica.decide([cyclesOn(a)[0]?.id ?? ''], 'keep_both');
    expect(result).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(cyclesOn(a)).toHaveLength(1);
  });

  it('252 a record under itself, from a device that lets it be, can only stand at the top', () => {
    const { a, b, exchange } = setupPair();
    const { bindings } = a;
    const treeless = (binding: CollectionBinding): CollectionBinding => ({ ...binding, tree: undefined });
    a.bindings = {
      all: () => bindings.all().map(treeless),
      ofCollection: (name) =>
        bindings
          .all()
          .map(treeless)
          .find(({ manifest }) => manifest.collection === name),
    };
    a.put(at('x'), under('x'));
    exchange();
    expect(viewOf(b, at('x'))).toEqual({ parent: null, detached: true });
    const [item] = cyclesOn(b);
    expect(b.replica.decide([item?.id ?? ''], 'reject')[0]).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(b.replica.decide([item?.id ?? ''], 'accept')[0]?.ok).toBe(true);
    expect(b.fields(at('x'))).toEqual(under());
  });

  it('253 a move out of the cycle, or a removal, answers the question; other edits leave it', () => {
    for (const leave of ['move', 'remove'] as const) {
      const { a, b, all, exchange, clock } = crossed();
      clock.nowMs += 1;
      b.patch(at('y'), { op: 'add', path: '/title', value: 'renamed' });
      exchange();
      expect(cyclesOn(a)).toHaveLength(1);
      expect(a.row(at('y'))?.openConflicts).toBe(1);
      clock.nowMs += 1;
      a.write(at('x'), leave === 'move' ? { kind: 'put', fields: under() } : { kind: 'remove' });
      exchange();
      expect(all.map((device) => cyclesOn(device).length)).toEqual([0, 0, 0]);
      expect(viewOf(b, at('y'))).toEqual({ parent: 'x', detached: false });
    }
  });

  it('254 in a reviewed collection the question comes with the acceptance that closes the cycle', () => {
    const { a, b, exchange, clock } = setupPair();
    a.put(['browser', 'x'], folder());
    a.put(['browser', 'y'], folder());
    exchange();
    b.replica.decide(
      b.reviews().map(({ id }) => id),
      'accept',
    );
    exchange();
    clock.nowMs += 1;
    a.put(['browser', 'x'], folder('y'));
    clock.nowMs += 1;
    b.put(['browser', 'y'], folder('x'));
    exchange();
    expect(cyclesOn(a)).toEqual([]);
    a.replica.decide(
      a.reviews().map(({ id }) => id),
      'accept',
    );
    expect(cyclesOn(a)).toMatchObject([{ recordId: 'y', collection: 'browser' }]);
    a.replica.decide(
      cyclesOn(a).map(({ id }) => id),
      'accept',
    );
    expect(viewOf(a, ['browser', 'y'])).toEqual({ parent: null, detached: false });
  });

  it('255 law: whatever is moved where, and however it is delivered, every device has one tree without a cycle', () => {
    const names = ['p', 'q', 'r', 's'];
    const step = fc.record({ by: fc.nat(2), what: fc.nat(3), to: fc.option(fc.nat(3)), send: fc.option(fc.nat(2)) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 4, maxLength: 14 }), (steps) => {
        const world = setupDevices(3);
        const [first] = world.all as [TestDevice];
        names.forEach((name) => first.put(at(name), under()));
        world.exchange();
        for (const { by, what, to, send } of steps) {
          const device = world.all[by] as TestDevice;
          world.clock.nowMs += 1;
          device.write(at(names[what] ?? ''), { kind: 'put', fields: under(to === null ? undefined : names[to]) });
          if (send !== null && send !== by) {
            world.send(device, world.all[send] as TestDevice);
          }
        }
        world.exchange();
        expect(new Set(world.all.map(treeOn)).size).toBe(1);
        expect(world.all.some(hasCycle)).toBe(false);
        const written = world.all[0]?.disk.records.list('workspace' as never, everyItem).items ?? [];
        const detached = written.filter((row) => world.all[0]?.replica.treeView(row)?.detached === true);
        expect(detached).toHaveLength(cyclesOn(first).length);
        for (let round = 0; cyclesOn(first).length > 0; round++) {
          expect(round).toBeLessThan(8);
          world.clock.nowMs += 1;
          first.replica.decide(
            cyclesOn(first).map(({ id }) => id),
            round % 2 === 0 ? 'reject' : 'accept',
          );
        }
        world.exchange();
        expect(new Set(world.all.map(treeOn)).size).toBe(1);
        expect(world.all.some(hasCycle)).toBe(false);
      }),
      { numRuns: runs(10, 40) },
    );
  });
});
