import { describe, expect, it } from 'vitest';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';

const nameOf = ([collection]: Place): CollectionName => collection as CollectionName;
const idOf = ([, id]: Place): RecordId => id as RecordId;
const node = ['workspace', 'w'] as const;

describe('history', () => {
  it('60 lists every change of a record oldest first, with what became of it', () => {
    const { a, b, clock, exchange } = setupPair();
    const place = ['shell', 's'] as const;
    const first = a.put(place, { kind: 'alias', name: 'l', body: 'ls' }).version;
    clock.nowMs += 10;
    const second = a.put(place, { kind: 'alias', name: 'l', body: 'ls -l' }).version;
    exchange();
    const became = (device: TestDevice): readonly (readonly [ChangeId, string])[] =>
      device.replica
        .history(nameOf(place), idOf(place))
        .map(({ change, disposition }) => [change.changeId, disposition]);
    expect(became(a)).toEqual([
      [first, 'applied'],
      [second, 'applied'],
    ]);
    expect(became(b)).toEqual([
      [first, 'superseded'],
      [second, 'proposed'],
    ]);
    b.replica.decide([b.reviews()[0]?.id ?? ''], 'reject');
    exchange();
    expect(became(b).map(([, disposition]) => disposition)).toEqual(['refused', 'refused', 'applied']);
    expect(became(a).map(([, disposition]) => disposition)).toEqual(['applied', 'applied', 'applied']);
    a.replica.decide([a.reviews()[0]?.id ?? ''], 'accept');
    exchange();
    expect(became(b).map(([, disposition]) => disposition)).toEqual(['refused', 'refused', 'applied', 'applied']);
    expect(became(a)).toEqual(became(b));
  });

  it('60 knows nothing of a record that never was', () => {
    const { a } = setupPair();
    expect(a.replica.history(nameOf(node), 'nothing' as RecordId)).toEqual([]);
  });
});

describe('fields at a version', () => {
  const cases: readonly { readonly place: Place; readonly fields: (n: number) => JsonObject }[] = [
    { place: ['presence', 'n'], fields: (n) => ({ kind: 'note', text: `text ${'more '.repeat(n)}` }) },
    { place: node, fields: (n) => ({ kind: 'task', title: `title ${n}`, props: { n } }) },
    { place: ['shell', 's'], fields: (n) => ({ kind: 'alias', name: 'l', body: `ls ${n}` }) },
    { place: ['inbox', 'i'], fields: (n) => ({ producer: 'p', body: n }) },
  ];

  it.each(cases)('61 every past version of $place gives back what was live', ({ place, fields }) => {
    const { a, clock } = setupPair();
    const versions: (readonly [ChangeId, JsonObject])[] = [];
    for (let number = 0; number < 8; number++) {
      clock.nowMs += 1;
      versions.push([a.put(place, fields(number)).version, fields(number)]);
    }
    a.remove(place);
    a.restart();
    for (const [version, wanted] of versions) {
      expect(a.replica.fieldsAt(nameOf(place), idOf(place), version)).toEqual(wanted);
    }
    expect(a.replica.fieldsAt(nameOf(place), idOf(place), a.row(place)?.version as ChangeId)).toBeUndefined();
  });

  it('61 another device reads back the same, also of versions that it only knows from the log', () => {
    const { all, clock, exchange } = setupDevices(3);
    const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
    const versions: (readonly [ChangeId, JsonObject | null])[] = [];
    const note = (device: TestDevice, n: number): void => {
      clock.nowMs += 1;
      const row = device.put(node, { kind: 'task', title: `title ${n}` });
      versions.push([row.version, row.fields]);
    };
    [a, a, b, c, b].forEach((device, index) => {
      note(device, index);
      exchange();
    });
    for (const device of all) {
      for (const [version, fields] of versions) {
        expect(device.replica.fieldsAt(nameOf(node), idOf(node), version)).toEqual(fields);
      }
    }
  });

  it('61 a child whose stamp lies before its parent is read after it', () => {
    const { a, b, clock, exchange } = setupPair();
    clock.nowMs += 3_600_000;
    a.put(node, { kind: 'task', title: 'one', props: { n: 1 } });
    clock.nowMs -= 3_600_000;
    exchange();
    const row = b.patch(node, { op: 'add', path: '/title', value: 'two' });
    expect(row.stamp < (b.replica.history(nameOf(node), idOf(node)).at(-1)?.change.stamp ?? '')).toBe(true);
    expect(b.replica.fieldsAt(nameOf(node), idOf(node), row.version)).toEqual({
      kind: 'task',
      title: 'two',
      props: { n: 1 },
    });
  });

  it('61 an unknown version, record or collection gives nothing', () => {
    const { a } = setupPair();
    const { version } = a.put(node, { kind: 'task', title: 'one' });
    expect(a.replica.fieldsAt(nameOf(node), 'other' as RecordId, version)).toBeUndefined();
    expect(a.replica.fieldsAt('nothing' as CollectionName, idOf(node), version)).toBeUndefined();
    expect(a.replica.fieldsAt(nameOf(node), idOf(node), 'x'.repeat(43) as ChangeId)).toBeUndefined();
  });
});

describe('a past that cannot be read', () => {
  it('25 a change that must be merged with it is held; other records go on, and it counts once the log is whole', () => {
    let isTorn = false;
    const wrapStore = (disk: Store, index: number): Store => ({
      ...disk,
      log: {
        ...disk.log,
        get: (scopeId, deviceId, sequence) =>
          isTorn && index === 1 && sequence === 2 ? undefined : disk.log.get(scopeId, deviceId, sequence),
      },
    });
    const { a, b, exchange, send } = setupPair({ wrapStore });
    a.put(node, { kind: 'task', title: 'one' });
    exchange();
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    exchange();
    b.patch(node, { op: 'add', path: '/note', value: 'by b' });
    a.patch(node, { op: 'add', path: '/title', value: 'three' });
    a.put(['workspace', 'other'], { kind: 'note', title: 'other' });
    isTorn = true;
    b.restart();
    send(a, b);
    expect(b.fields(node)).toEqual({ kind: 'task', title: 'two', note: 'by b' });
    expect(b.held()).toMatchObject([{ reasonCode: 'signature_invalid', detail: 'row_damaged' }]);
    expect(b.fields(['workspace', 'other'])).toEqual({ kind: 'note', title: 'other' });
    isTorn = false;
    expect(b.replica.rejudge(nameOf(node))).toBe(1);
    expect(b.fields(node)).toEqual({ kind: 'task', title: 'three', note: 'by b' });
    expect(b.held()).toEqual([]);
  });
});

describe('explain', () => {
  it('62 answers every step of an accepted change', () => {
    const { a, b, exchange } = setupPair();
    const { version } = a.put(node, { kind: 'task', title: 'one' });
    exchange();
    const explained = b.replica.explain(version);
    expect(explained).toMatchObject({
      disposition: 'applied',
      verdict: { verdict: 'accept' },
      change: { changeId: version },
    });
    expect(explained?.steps.map(({ step }) => step)).toEqual([
      'record',
      'clock',
      'collection',
      'residence',
      'proof',
      'scope_kind',
      'schema_version',
      'audit_entry',
      'record_schema',
      'role',
      'author',
      'authority',
      'secrets',
      'policy',
    ]);
  });

  it('62 ends at the step that refuses, in words', () => {
    const { a, b, exchange } = setupPair();
    const { version } = a.put(node, { kind: 'task', title: 'one' });
    const all = b.bindings.all().filter(({ manifest }) => manifest.collection !== 'workspace');
    b.bindings = { all: () => all, ofCollection: (name) => all.find(({ manifest }) => manifest.collection === name) };
    exchange();
    const explained = b.replica.explain(version);
    expect(explained).toMatchObject({
      disposition: 'waiting',
      verdict: { verdict: 'quarantine', detail: 'collection_unknown' },
    });
    expect(explained?.steps.at(-1)).toMatchObject({
      step: 'collection',
      answer: expect.stringContaining('schema_unknown'),
    });
  });

  it('62 knows nothing of an unknown change', () => {
    const { a } = setupPair();
    expect(a.replica.explain('x'.repeat(43) as ChangeId)).toBeUndefined();
  });
});

describe('own changes', () => {
  it('63 are counted by batch and collection above a sequence', () => {
    const { a, b, exchange, workspace, profile } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    a.replica.edit(
      'workspace' as CollectionName,
      ['x', 'y'].map((id) => ({ id: id as RecordId, intent: { kind: 'put', fields: { kind: 'note', title: id } } })),
    );
    a.put(['presence', 'n'], { kind: 'note', text: 'x' });
    b.put(['workspace', 'of-b'], { kind: 'note', title: 'x' });
    exchange();
    const counts = (after: number): unknown =>
      a.replica
        .ownChangesAfter(workspace, after)
        .map(({ sequence, changes }) => [sequence, Object.fromEntries(changes)]);
    expect(counts(0)).toEqual([
      [1, { workspace: 1 }],
      [2, { workspace: 2 }],
      [3, { presence: 1 }],
    ]);
    expect(counts(2)).toEqual([[3, { presence: 1 }]]);
    expect(counts(3)).toEqual([]);
    expect(a.replica.ownChangesAfter(profile, 0)).toEqual([]);
  });
});
