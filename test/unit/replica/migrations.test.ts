import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { MergeStrategyName } from '../../../src/contract/manifest.ts';
import type { Bindings, CollectionBinding } from '../../../src/replica/names/binding.ts';
import { withRecipes } from '../../helpers/recipes.ts';
import { type Devices, batchesBy, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';
import { isAuditWhole, sharedState } from './device-state.ts';
import { runs } from '../../helpers/suite.ts';

const recipes = 'recipes' as CollectionName;
const soup: Place = ['recipes', 'soup'];

/** A daemon of another version starts on the disk of this one. */
function runWith(device: TestDevice, bindings: Bindings): number {
  device.bindings = bindings;
  device.restart();
  const upgraded = device.replica.upgradeRecords(recipes);
  device.replica.rejudge(recipes);
  return upgraded;
}

/** A is of version 1, B of version 2. */
function mixedPair(strategy: MergeStrategyName = 'graph_merge') {
  const pair = setupPair();
  runWith(pair.a, withRecipes(1, strategy));
  runWith(pair.b, withRecipes(2, strategy));
  return pair;
}

function withEngine(bindings: Bindings, change: (binding: CollectionBinding) => CollectionBinding): Bindings {
  const changed = change(bindings.ofCollection(recipes) as CollectionBinding);
  const of = (name: string): CollectionBinding | undefined =>
    name === recipes ? changed : bindings.ofCollection(name);
  return { ofCollection: of, all: () => bindings.all().map((binding) => of(binding.manifest.collection) ?? binding) };
}

describe('an older major', () => {
  it('180 is read in the form of this one; log and wire keep what was written', () => {
    const { a, b, workspace, exchange } = mixedPair();
    a.put(soup, { name: 'soup', minutes: 5, chef: 'ann' });
    exchange();
    expect(b.row(soup)).toMatchObject({
      fields: { title: 'soup', duration: { minutes: 5 }, chef: 'ann' },
      schemaVersion: '2.1.0',
    });
    const [logged] = b.replica.history(recipes, soup[1] as RecordId);
    expect(logged?.change).toMatchObject({ schemaVersion: '1.4.0', value: { name: 'soup', minutes: 5, chef: 'ann' } });
    expect(b.disk.log.after(workspace, a.replica.self, 0, 1e9).map(({ bytes }) => bytes)).toEqual(
      batchesBy(a, workspace),
    );
  });

  it('180 a patch is what it did in the eyes of its author', () => {
    const { a, b, exchange } = mixedPair();
    a.put(soup, { name: 'soup', minutes: 5 });
    a.patch(soup, { op: 'add', path: '/minutes', value: 7 }, { op: 'add', path: '/later', value: [1] });
    a.patch(soup, { op: 'remove', path: '/minutes' });
    exchange();
    expect(b.fields(soup)).toEqual({ title: 'soup', later: [1] });
    a.remove(soup);
    exchange();
    expect(b.row(soup)).toMatchObject({ state: 'tombstoned', schemaVersion: '2.1.0' });
  });

  it('181 what its migration makes must fit the record schema: a put and a patch that do not are held', () => {
    const { a, b, exchange } = mixedPair();
    a.put(soup, { name: 'soup', minutes: -1 });
    a.put(['recipes', 'stew'], { name: 'stew', minutes: 5 });
    a.patch(['recipes', 'stew'], { op: 'add', path: '/minutes', value: -2 });
    exchange();
    expect(b.held()).toMatchObject([
      { recordId: 'soup', reasonCode: 'schema_unknown', detail: 'record_invalid' },
      { recordId: 'stew', reasonCode: 'schema_unknown', detail: 'record_invalid' },
    ]);
    expect(b.fields(['recipes', 'stew'])).toEqual({ title: 'stew', duration: { minutes: 5 } });
  });

  it.each([
    ['no migration', undefined],
    ['another migration', [{ fromMajor: 7, migrate: (fields: JsonObject) => fields }]],
  ])('182 with %s it is held, and counts once there is one', (_name, migrations) => {
    const { a, b, exchange } = mixedPair();
    const current = withRecipes(2);
    const { engineId, summarize, dangerousPaths, files } = (current.ofCollection(recipes) as CollectionBinding).engine;
    const bare = { engineId, summarize, dangerousPaths, files };
    b.bindings = withEngine(current, (binding) => {
      return { ...binding, engine: migrations === undefined ? bare : { ...bare, migrations } };
    });
    a.put(soup, { name: 'soup' });
    exchange();
    expect(b.held()).toMatchObject([{ reasonCode: 'migration_required', detail: 'schema_major' }]);
    runWith(b, current);
    expect(b.fields(soup)).toEqual({ title: 'soup' });
    expect(b.held()).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('x');
      },
    ],
    ['answers no object', () => 7 as never],
  ])('182 a migration that %s: the change is held, and counts once the engine is mended', (_name, migrate) => {
    const { a, b, exchange } = mixedPair();
    a.put(['recipes', 'first'], { name: 'first' });
    exchange();
    b.bindings = withEngine(withRecipes(2), (binding) => ({
      ...binding,
      engine: { ...binding.engine, migrations: [{ fromMajor: 1, migrate }] },
    }));
    a.put(soup, { name: 'soup' });
    a.patch(['recipes', 'first'], { op: 'add', path: '/minutes', value: 1 });
    exchange();
    expect(b.held().map(({ recordId, reasonCode, detail }) => [recordId, reasonCode, detail])).toEqual([
      ['soup', 'schema_unknown', 'record_invalid'],
      ['first', 'migration_required', 'migration_failed'],
    ]);
    runWith(b, withRecipes(2));
    expect(b.fields(soup)).toEqual({ title: 'soup' });
    expect(b.fields(['recipes', 'first'])).toEqual({ title: 'first', duration: { minutes: 1 } });
    expect(b.held()).toEqual([]);
  });

  it('182 a crdt cannot be migrated: it is held', () => {
    const { a, b, exchange } = mixedPair('crdt');
    a.put(soup, { name: 'soup' });
    exchange();
    expect(b.held()).toMatchObject([{ reasonCode: 'migration_required', detail: 'schema_major' }]);
  });
});

describe('a newer major', () => {
  it('183 holds its record read-only, in words; other records go on; after the upgrade it counts', () => {
    const { a, b, exchange } = mixedPair();
    a.put(soup, { name: 'soup' });
    exchange();
    b.patch(soup, { op: 'add', path: '/title', value: 'stew' });
    exchange();
    expect(a.fields(soup)).toEqual({ name: 'soup' });
    expect(a.held()).toMatchObject([{ reasonCode: 'migration_required', detail: 'schema_major' }]);
    const refused = a.write(soup, { kind: 'patch', patch: [{ op: 'add', path: '/name', value: 'mine' }] });
    expect(refused).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'migration_required' } },
    });
    expect(refused.ok ? '' : refused.error.message).toMatch(/newer major.*Upgrade/su);
    expect(a.write(soup, { kind: 'remove' }).ok).toBe(false);
    expect(a.replica.release(a.held()[0]?.id ?? '')).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'migration_required', detail: 'schema_major' } },
    });
    expect(a.fields(soup)).toEqual({ name: 'soup' });
    a.put(['recipes', 'other'], { name: 'other' });
    expect(runWith(a, withRecipes(2))).toBe(2);
    expect(a.fields(soup)).toEqual({ title: 'stew' });
    expect(a.held()).toEqual([]);
    a.patch(soup, { op: 'add', path: '/title', value: 'broth' });
    exchange();
    expect(b.fields(soup)).toEqual({ title: 'broth' });
    expect(isAuditWhole(a) && isAuditWhole(b)).toBe(true);
  });

  it('184 after a downgrade records of the newer major are left alone, and go on after the next upgrade', () => {
    const { a, b, exchange } = mixedPair();
    b.put(soup, { title: 'soup' });
    runWith(b, withRecipes(1));
    expect(b.write(soup, { kind: 'put', fields: { name: 'mine' } })).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'migration_required', detail: 'schema_major' } },
    });
    a.put(soup, { name: 'other' });
    exchange();
    expect(b.fields(soup)).toEqual({ title: 'soup' });
    runWith(b, withRecipes(2));
    runWith(a, withRecipes(2));
    exchange();
    expect(b.held()).toEqual([]);
    expect(sharedState(a, [recipes])).toBe(sharedState(b, [recipes]));
  });
});

describe('an upgrade', () => {
  it('185 brings rows, proposals and their values to the new form, once', () => {
    const { a, b, exchange } = setupPair();
    runWith(a, withRecipes(1, 'manual_review'));
    runWith(b, withRecipes(1, 'manual_review'));
    a.put(soup, { name: 'soup' });
    exchange();
    expect(runWith(b, withRecipes(2, 'manual_review'))).toBe(1);
    expect(b.reviews()).toMatchObject([
      { recordId: 'soup', alternatives: [{ value: null }, { value: { title: 'soup' } }] },
    ]);
    expect(b.replica.decide([b.reviews()[0]?.id ?? ''], 'accept')[0]?.ok).toBe(true);
    expect(b.fields(soup)).toEqual({ title: 'soup' });
    expect(runWith(b, withRecipes(2, 'manual_review'))).toBe(0);
    expect(b.disk.records.counts(recipes)).toMatchObject({ live: 1, review: 0 });
  });

  it('185 a row that was not upgraded yet is brought there by the first change or write that meets it', () => {
    const { a, b, exchange } = setupPair();
    a.bindings = withRecipes(1);
    b.bindings = withRecipes(1);
    a.put(soup, { name: 'soup', minutes: 1 });
    a.put(['recipes', 'stew'], { name: 'stew' });
    exchange();
    b.bindings = withRecipes(2);
    a.patch(soup, { op: 'add', path: '/minutes', value: 2 });
    exchange();
    expect(b.fields(soup)).toEqual({ title: 'soup', duration: { minutes: 2 } });
    b.patch(['recipes', 'stew'], { op: 'add', path: '/title', value: 'broth' });
    expect(b.fields(['recipes', 'stew'])).toEqual({ title: 'broth' });
  });

  it('185 what does not fit the new form any more is held, and what rests on it with it', () => {
    const { a, b, exchange } = setupPair();
    runWith(a, withRecipes(1));
    runWith(b, withRecipes(1));
    a.put(soup, { name: 'soup' });
    a.patch(soup, { op: 'add', path: '/minutes', value: -1 });
    a.patch(soup, { op: 'add', path: '/name', value: 'stew' });
    exchange();
    runWith(b, withRecipes(2));
    expect(b.fields(soup)).toEqual({ title: 'soup' });
    expect(b.held()).toMatchObject([{ recordId: 'soup', reasonCode: 'schema_unknown', detail: 'record_invalid' }]);
    expect(b.disk.history.list(recipes, soup[1] as RecordId).map(({ disposition }) => disposition)).toEqual([
      'applied',
      'waiting',
      'waiting',
    ]);
  });
});

type Act =
  | {
      readonly kind: 'write';
      readonly on: number;
      readonly record: number;
      readonly member: number;
      readonly value: number;
    }
  | { readonly kind: 'remove'; readonly on: number; readonly record: number }
  | { readonly kind: 'send'; readonly from: number; readonly to: number };

const on = fc.nat(2);
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        ...{ on, record: fc.nat(1), member: fc.nat(2), value: fc.nat(4) },
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), on, record: fc.nat(1) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), from: on, to: on }) },
  ),
  { minLength: 5, maxLength: 40 },
);

function act({ all, send }: Devices, step: Act, isNew: (device: TestDevice) => boolean): void {
  if (step.kind === 'send') {
    const [from, to] = [all[step.from] as TestDevice, all[step.to] as TestDevice];
    if (from !== to) {
      send(from, to);
    }
    return;
  }
  const device = all[step.on] as TestDevice;
  const place: Place = ['recipes', `r${step.record}`];
  if (step.kind === 'remove') {
    device.write(place, { kind: 'remove' });
    return;
  }
  const { member, value } = step;
  const before = device.fields(place) ?? {};
  const fields: JsonObject = isNew(device)
    ? { title: 'x', ...before, ...[{ title: `t${value}` }, { duration: { minutes: value } }, { later: value }][member] }
    : { name: 'x', ...before, ...[{ name: `t${value}` }, { minutes: value }, { later: value }][member] };
  device.write(place, { kind: 'put', fields });
}

/** An author who deleted the last of what came to be there is asked about; how it came decides who asks. */
function letMassChangesIn({ all, exchange }: Devices): void {
  for (const device of all) {
    const held = device.reviews().filter(({ kind }) => kind === 'brake');
    const decided = device.replica.decide(
      held.map(({ id }) => id),
      'accept',
    );
    expect(decided.every(({ ok }) => ok)).toBe(true);
  }
  exchange();
}

/** Both records are deleted where nobody had them yet, and written apart from that elsewhere. */
const deletedUnseen: readonly Act[] = [
  { kind: 'write', on: 2, record: 1, member: 0, value: 0 },
  { kind: 'remove', on: 2, record: 1 },
  { kind: 'write', on: 2, record: 0, member: 0, value: 0 },
  { kind: 'remove', on: 2, record: 0 },
  { kind: 'write', on: 0, record: 0, member: 0, value: 0 },
  { kind: 'write', on: 0, record: 1, member: 0, value: 0 },
];

describe('laws of mixed versions', () => {
  it.each(['graph_merge', 'manual_review', 'append_only'] as const)(
    '186 %s: after the last upgrade every device holds the same, however the changes of both majors came',
    (strategy) => {
      const [older, newer] = [withRecipes(1, strategy), withRecipes(2, strategy)];
      fc.assert(
        fc.property(acts, (steps) => {
          const world = setupDevices(3);
          const [first, second, third] = world.all as readonly [TestDevice, TestDevice, TestDevice];
          runWith(first, older);
          runWith(second, older);
          runWith(third, newer);
          steps.forEach((step) => {
            act(world, step, (device) => device === third);
          });
          world.exchange();
          runWith(first, newer);
          runWith(second, newer);
          world.exchange();
          letMassChangesIn(world);
          const states = (): readonly string[] => world.all.map((device) => sharedState(device, [recipes]));
          if (strategy === 'manual_review') {
            const heads = (device: TestDevice): readonly string[] =>
              device.disk.records
                .list(recipes, { cursor: null, limit: 9 })
                .items.map(({ id, heads: of }) => `${id} ${of.join()}`)
                .toSorted();
            expect(heads(first)).toEqual(heads(third));
            expect(heads(second)).toEqual(heads(third));
          } else {
            expect(new Set(states()).size).toBe(1);
          }
          expect(world.all.flatMap((device) => device.held())).toEqual([]);
          const fresh = setupDevices(3).all[0] as TestDevice;
          runWith(fresh, newer);
          world.send(third, fresh);
          expect(fresh.disk.log.heads(world.workspace)).toEqual(third.disk.log.heads(world.workspace));
          if (strategy !== 'manual_review') {
            expect(sharedState(fresh, [recipes])).toBe(states()[0]);
          }
        }),
        { numRuns: runs(5, 15), examples: [[deletedUnseen]] },
      );
    },
  );

  it('187 same major: members that this device does not know survive its writes, merges and removals of others', () => {
    const values = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => !['name', 'minutes'].includes(name)),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(values, fc.boolean(), (unknown, isConcurrent) => {
        const { a, b, exchange } = setupPair();
        a.bindings = withRecipes(1);
        b.bindings = withRecipes(1);
        const carried = JSON.parse(JSON.stringify(unknown)) as JsonObject;
        a.put(soup, { ...carried, name: 'soup', minutes: 1 });
        exchange();
        b.patch(soup, { op: 'add', path: '/name', value: 'stew' });
        if (!isConcurrent) {
          exchange();
        }
        a.patch(soup, { op: 'remove', path: '/minutes' });
        exchange();
        for (const device of [a, b]) {
          expect(device.fields(soup)).toEqual({ ...carried, name: 'stew' });
        }
      }),
      { numRuns: runs(10, 40) },
    );
  });
});
