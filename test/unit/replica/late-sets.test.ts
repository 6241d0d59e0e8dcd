import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { OwnerName, OwnerSet } from '../../../src/contract/owner.ts';
import type { RecordRow } from '../../../src/contract/record.ts';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const workspace = 'workspace' as CollectionName;
const extensions = 'extensions' as CollectionName;
const owner: OwnerName = { type: 'app', id: 'code' };

function setOf(syncToken: number, records: Readonly<Record<string, JsonObject>>, of: OwnerName = owner): OwnerSet {
  const items = Object.entries(records).map(([id, fields]) => ({
    id,
    fields: { host: 'vscode', extensionId: id, version: '1.4.0', enabled: true, ...fields },
  }));
  return { owner: of, version: null, syncToken, contentHash: contentHashOf(items), items };
}

const broken: JsonObject = { enabled: 'maybe' };
const push = (device: TestDevice, set: OwnerSet) => device.replica.pushOwnerSet(extensions, set, false);

/** A record that requires an extension, and one that does not need it so much. */
function uses(device: TestDevice, id: string, to: string, edge: JsonObject = {}): RecordRow {
  return device.put(['workspace', id], { kind: 'task', title: id, edges: { e: { type: 'uses', to, ...edge } } });
}

function told(device: TestDevice, id: string): readonly unknown[] {
  const row = device.row(['workspace', id]);
  return (row && device.replica.references(row))?.map(({ outcome, set }) => [outcome, set?.owner, set?.status]) ?? [];
}

describe('a reference into a set that was not taken', () => {
  it('248 says so of what it had and of what it would have brought, whose it is and what to do, until it is taken', () => {
    const { a } = setupPair();
    push(a, setOf(1, { py: {} }));
    uses(a, 'old', 'extensions/py');
    uses(a, 'new', 'extensions/go', { required: false });
    uses(a, 'other', 'extensions/none');
    expect(['old', 'new', 'other'].flatMap((id) => told(a, id))).toEqual([
      ['present', undefined, undefined],
      ['optional-skipped', undefined, undefined],
      ['declared-but-unavailable', undefined, undefined],
    ]);
    push(a, setOf(2, { py: {}, go: {}, rs: broken }));
    a.restart();
    expect(['old', 'new', 'other'].flatMap((id) => told(a, id))).toEqual([
      ['present', 'app:code', 'sync_failed'],
      ['optional-skipped', 'app:code', 'sync_failed'],
      ['declared-but-unavailable', undefined, undefined],
    ]);
    const [reference] = a.replica.references(a.row(['workspace', 'new']) as RecordRow) ?? [];
    expect(reference?.set).toMatchObject({
      collection: 'extensions',
      message: expect.stringMatching(
        /^The set of app:code in extensions was not taken.*What it had before stands.*item 2 \(rs\)/,
      ),
      remedy: expect.stringContaining('sourcesync push extensions --owner app:code'),
    });
    push(a, setOf(2, { py: {}, go: {}, rs: {} }));
    expect(['old', 'new'].flatMap((id) => told(a, id))).toEqual([
      ['present', undefined, undefined],
      ['present', undefined, undefined],
    ]);
  });

  it('248 of which nothing was ever taken', () => {
    const { a } = setupPair();
    uses(a, 'w', 'extensions/rs');
    push(a, setOf(1, { rs: broken }));
    expect(told(a, 'w')).toEqual([['declared-but-unavailable', 'app:code', 'sync_failed']]);
    const [reference] = a.replica.references(a.row(['workspace', 'w']) as RecordRow) ?? [];
    expect(reference?.set?.message).toContain('Nothing of it is here');
  });

  it('248 that waits for a person names the question', () => {
    const { a } = setupPair();
    push(a, setOf(1, Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`e${index}`, {}]))));
    uses(a, 'w', 'extensions/e3');
    push(a, setOf(2, {}));
    const [reference] = a.replica.references(a.row(['workspace', 'w']) as RecordRow) ?? [];
    const [item] = a.reviews();
    expect(reference?.set).toMatchObject({ status: 'pending_retry', remedy: expect.stringContaining(item?.id ?? '?') });
    a.replica.decide([item?.id ?? ''], 'reject');
    expect(told(a, 'w')).toEqual([['present', 'app:code', 'sync_failed']]);
    push(a, setOf(3, { e3: {} }));
    expect(told(a, 'w')).toEqual([['present', 'app:code', 'pending_retry']]);
    a.replica.decide([a.reviews()[0]?.id ?? ''], 'accept');
    expect(told(a, 'w')).toEqual([['present', undefined, undefined]]);
  });

  it('248 of another owner, or that a person wrote over since, is nothing of it', () => {
    const { a } = setupPair();
    push(a, setOf(1, { mine: {}, theirs: {} }));
    a.patch(['extensions', 'mine'], { op: 'add', path: '/enabled', value: false });
    push(a, setOf(1, { other: {} }, { type: 'service', id: 'code' }));
    push(a, setOf(2, { theirs: {}, rs: broken }));
    for (const id of ['mine', 'theirs', 'other']) {
      uses(a, id, `extensions/${id}`);
    }
    expect(['mine', 'theirs', 'other'].map((id) => told(a, id)[0])).toEqual([
      ['present', undefined, undefined],
      ['present', 'app:code', 'sync_failed'],
      ['present', undefined, undefined],
    ]);
  });

  it('248 is not told of to who may not read its collection, nor on a device where nobody pushed it', () => {
    const { a, b, exchange } = setupPair();
    push(a, setOf(1, { py: {} }));
    const row = uses(a, 'w', 'extensions/py');
    push(a, setOf(2, { py: broken }));
    const [denied] = a.replica.references(row, { mayRead: (collection) => collection === 'workspace' }) ?? [];
    expect([denied?.outcome, denied?.set]).toEqual(['denied', undefined]);
    exchange();
    expect(told(b, 'w').map((one) => (one as unknown[])[1])).toEqual([undefined]);
  });

  it('248 a partial set is told of where the record itself lacks something, also where sets need each other', () => {
    const { a } = setupPair();
    const tasks = (records: Record<string, JsonObject>): OwnerSet => {
      const items = Object.entries(records).map(([id, edges]) => ({ id, fields: { kind: 'task', title: id, edges } }));
      return { owner, version: null, syncToken: 1, contentHash: contentHashOf(items), items };
    };
    const edge = (to: string): JsonObject => ({ e: { type: 'uses', to } });
    const set = tasks({
      one: edge('workspace/two'),
      two: edge('workspace/one'),
      three: edge('workspace/none'),
      four: {},
    });
    expect(a.replica.pushOwnerSet(workspace, set, false)).toMatchObject({ value: { status: 'partial' } });
    for (const to of ['one', 'three', 'four']) {
      uses(a, `on ${to}`, `workspace/${to}`);
    }
    expect(['one', 'three', 'four'].map((to) => told(a, `on ${to}`)[0])).toEqual([
      ['present', undefined, undefined],
      ['present', 'app:code', 'partial'],
      ['present', undefined, undefined],
    ]);
    a.put(['workspace', 'none'], { kind: 'task', title: 'there' });
    expect(told(a, 'on three')).toEqual([['present', undefined, undefined]]);
  });

  it('248 asks for no review and raises no alarm', () => {
    const { a } = setupPair();
    uses(a, 'w', 'extensions/rs');
    push(a, setOf(1, { rs: broken }));
    expect([a.reviews(), a.held(), a.replica.alarms()]).toEqual([[], [], []]);
    expect(a.events.filter(({ type }) => type === 'owner.synced').map(({ data }) => data['status'])).toEqual([
      'sync_failed',
    ]);
    push(a, setOf(2, { rs: {} }));
    expect(a.events.at(-1)).toMatchObject({
      type: 'owner.synced',
      data: { owner: 'urn:srcos:app:code', status: 'synced' },
    });
  });

  it.each<[what: string, id: string]>([
    ['a name of every object', '__proto__'],
    ['another one', 'constructor'],
    ['as long as one may be', 'x'.repeat(512)],
    ['that looks like a path', '../..'],
  ])('248 an id %s is one like any other', (_what, id) => {
    const { a } = setupPair();
    uses(a, 'w', `extensions/${id}`);
    push(a, setOf(1, { a: {}, z: broken, [id]: {} }));
    expect(told(a, 'w')).toEqual([['declared-but-unavailable', 'app:code', 'sync_failed']]);
  });
});
