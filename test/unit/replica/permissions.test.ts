import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import type { WriteResult } from '../../../src/replica/names/write.ts';
import { agentId, leaseBy, presented } from '../../helpers/agent.ts';
import { type BreakableStore, createBreakableStore } from '../../helpers/breakable-store.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type Devices, last, setupDevices } from '../../helpers/setup-pair.ts';
import type { Place, TestDevice } from '../../helpers/test-device.ts';

const node: Place = ['workspace', 'w'];
const own: Place = ['agents', 'helper'];
const task = (title: string): JsonObject => ({ kind: 'task', title });

interface World extends Devices {
  /** Holds every authority; the others hold none. */
  readonly a: TestDevice;
  /** Where the agent works, under a lease that a granted. */
  readonly b: TestDevice;
  readonly c: TestDevice;
  readonly lease: JsonObject;
  everybodyHears(): void;
  /** The next generation of the org's document. */
  map(value: JsonValue): void;
  /** The record of the agent, by a. */
  registers(fields: JsonObject): void;
  /** By the agent, on b unless told. */
  write(place?: Place, fields?: JsonObject | null, on?: TestDevice): WriteResult;
  readonly disk: BreakableStore;
}

function setup(terms: Parameters<typeof leaseBy>[3] = {}): World {
  const disks: BreakableStore[] = [];
  const devices = setupDevices(3, {
    wrapStore: (disk) => {
      const made = createBreakableStore(disk);
      disks.push(made);
      return made.store;
    },
  });
  const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
  devices.all.forEach((device) => rebind(device, 'policy', { scope: 'workspace' }));
  const state: ScopeState = stateOf(a, devices.workspace);
  const lease = leaseBy(a, state, devices.clock.nowMs, { collections: 'all', ...terms });
  let generation = 0;
  const everybodyHears = (): void => {
    devices.exchange();
    devices.all.forEach((device) => device.replica.policyChanged());
  };
  return {
    ...devices,
    ...{ a, b, c, lease, everybodyHears, disk: disks[1] as BreakableStore },
    map(value) {
      generation += 1;
      a.put(['policy', 'org'], { layer: 'org', generation, rules: { permissions: { kind: 'map', value } } });
      everybodyHears();
    },
    registers(fields) {
      a.put(own, { name: 'helper', ...fields });
      everybodyHears();
    },
    write(place = node, fields = task('by the agent'), on = b) {
      const [collection, id] = place;
      const use = presented(lease, { collection, id, fields }, devices.clock.nowMs);
      return on.write(place, fields === null ? { kind: 'remove' } : { kind: 'put', fields }, { lease: use });
    },
  };
}

function reasonOf(written: WriteResult): string {
  if (written.ok) {
    return 'written';
  }
  const { error } = written;
  return error.kind === 'refused' ? `${error.refusal.reasonCode}/${error.refusal.detail}` : error.kind;
}

describe('330 a map that arrives', () => {
  it.each<[title: string, value: JsonValue]>([
    ['denies the engine', { 'engine:workspace': 'deny' }],
    ['denies everything', { '*': 'deny' }],
    ['denies a look-alike of the engine', { 'engine:W\u043erkspace': 'deny' }],
    ['denies what the lease lends', { 'capability:records.*': 'deny' }],
  ])('and %s stops a lease that was granted before, here and elsewhere', (_title, value) => {
    const { all, b, c, map, write, everybodyHears } = setup();
    expect(reasonOf(write())).toBe('written');
    everybodyHears();
    map(value);
    const sent = b.appended.length;
    expect(reasonOf(write(['workspace', 'second']))).toBe('policy_denied/policy_rule');
    expect([b.row(['workspace', 'second']), b.appended.length]).toEqual([undefined, sent]);
    // What took effect stays, and people go on.
    expect(all.map((device) => device.fields(node))).toEqual(all.map(() => task('by the agent')));
    expect(c.write(['workspace', 'person'], { kind: 'put', fields: task('by a person') }).ok).toBe(true);
  });

  it('says how to learn why', () => {
    const { map, write } = setup();
    map({ 'engine:workspace': 'deny' });
    const written = write();
    expect(written.ok ? '' : written.error).toMatchObject({
      message: expect.stringContaining('policy explain engine:workspace --agent helper') as string,
    });
  });

  it('holds what the agent wrote elsewhere before it was heard of, and lets it in when it is lifted', () => {
    const world = setup();
    const { a, b, c, map, send, write } = world;
    expect(reasonOf(write())).toBe('written');
    a.put(['policy', 'org'], {
      ...{ layer: 'org', generation: 1 },
      rules: { permissions: { kind: 'map', value: { 'engine:*': 'deny' } } },
    });
    send(a, c);
    c.replica.policyChanged();
    send(b, c);
    expect(c.held()).toMatchObject([{ reasonCode: 'policy_denied', detail: 'policy_rule', authorId: agentId }]);
    map({});
    map({});
    expect([c.fields(node), c.held()]).toEqual([task('by the agent'), []]);
  });

  it('of a member without the authority restricts nobody, and frees nobody', () => {
    const { workspace, b, c, map, write } = setup();
    const arrives = (generation: number, value: JsonValue): void => {
      const after = b.disk.log.heads(workspace).get(b.keys.deviceId) ?? null;
      const document = { layer: 'org', generation, rules: { permissions: { kind: 'map', value } } };
      const records = [craftChange({ collection: 'policy', objectId: 'org', value: document })];
      c.replica.receive(workspace, [craftBatch({ by: b, scopeId: workspace, after, records }).bytes]);
      c.replica.policyChanged();
    };
    map({ 'engine:workspace': 'deny' });
    arrives(9, { '*': 'allow', 'engine:workspace': 'allow' });
    expect(c.replica.policy().permission('engine:workspace').answer).toBe('deny');
    expect(c.held()).toMatchObject([{ reasonCode: 'policy_denied', detail: 'authority_missing' }]);
    expect(reasonOf(write())).toBe('policy_denied/policy_rule');
  });

  it('never locks policy itself', () => {
    const { a, map } = setup();
    map({ '*': 'deny' });
    map({});
    expect(a.fields(['policy', 'org'])).toMatchObject({ generation: 2 });
  });
});

describe('331 a map that asks', () => {
  it('about an engine opens one item on each device, the same, and a yes lets in what the agent signed', () => {
    const { b, c, map, write, exchange } = setup();
    map({ 'engine:workspace': 'ask' });
    expect(reasonOf(write())).toBe('waits');
    exchange();
    for (const device of [b, c]) {
      expect(device.row(node)).toBeUndefined();
      expect(device.reviews()).toMatchObject([{ kind: 'proposal', recordId: 'w', authorId: agentId }]);
    }
    expect(last(b.reviews()).id).toBe(last(c.reviews()).id);
    b.replica.decide([last(b.reviews()).id], 'accept');
    expect([b.fields(node), b.reviews()]).toEqual([task('by the agent'), []]);
  });

  it('about what a lease lends that asks for a person opens one approval, and its yes is asked for nowhere else', () => {
    const { all, b, map, write, clock, everybodyHears } = setup({ requiresHumanApproval: true });
    map({ 'capability:records.write': 'ask' });
    expect(reasonOf(write())).toBe('waits');
    expect(b.reviews()).toMatchObject([{ kind: 'approval', recordId: 'w', authorId: agentId }]);
    clock.nowMs += 3_600_000;
    expect(b.replica.decide([last(b.reviews()).id], 'accept')).toMatchObject([{ ok: true }]);
    everybodyHears();
    for (const device of all) {
      expect([device.fields(node), device.reviews(), device.held()]).toEqual([task('by the agent'), [], []]);
    }
  });

  it('about engine and capability at once opens one item all the same', () => {
    const { b, map, write } = setup({ requiresHumanApproval: true });
    map({ '*': 'ask' });
    expect(reasonOf(write())).toBe('waits');
    expect(b.reviews()).toHaveLength(1);
    b.replica.decide([last(b.reviews()).id], 'accept');
    expect([b.fields(node), b.reviews(), b.held()]).toEqual([task('by the agent'), [], []]);
  });

  it('about what an older lease lends holds the write as a proposal, which counts once the map is lifted', () => {
    const { b, c, map, write, exchange } = setup();
    map({ 'capability:records.write': 'ask' });
    expect(reasonOf(write())).toBe('waits');
    exchange();
    expect([b.reviews().length, c.reviews().length, b.row(node)]).toEqual([1, 1, undefined]);
    map({});
    expect([b.fields(node), c.fields(node), b.reviews()]).toEqual([task('by the agent'), task('by the agent'), []]);
  });

  it('tightened to a denial while it waits lets no yes through', () => {
    const { b, map, write } = setup({ requiresHumanApproval: true });
    map({ '*': 'ask' });
    write();
    const { id } = last(b.reviews());
    map({ '*': 'deny' });
    expect(b.replica.decide([id], 'accept')).toMatchObject([
      { ok: false, error: { kind: 'refused', refusal: { reasonCode: 'policy_denied' } } },
    ]);
    expect(b.row(node)).toBeUndefined();
  });
});

describe('332 the record of an agent', () => {
  it('restricts this agent alone, from when it is live', () => {
    const { a, b, registers, write } = setup();
    expect(reasonOf(write())).toBe('written');
    registers({ permissions: { 'engine:workspace': 'deny' } });
    expect(reasonOf(write(node, task('again')))).toBe('policy_denied/policy_rule');
    expect(b.write(node, { kind: 'put', fields: task('other') }, { authorId: 'urn:srcos:agent:other' }).ok).toBe(true);
    registers({});
    expect(reasonOf(write(node, task('again'), a))).toBe('written');
  });

  it('allows nothing that policy denies', () => {
    const { map, registers, write } = setup();
    map({ 'engine:*': 'deny' });
    registers({ permissions: { '*': 'allow', 'engine:workspace': 'allow' } });
    expect(reasonOf(write())).toBe('policy_denied/policy_rule');
  });

  it('lifts by itself what it held, on the device that holds it', () => {
    const { a, b, registers, write } = setup();
    registers({ permissions: { 'engine:workspace': 'ask' } });
    expect(reasonOf(write(node, task('by the agent'), a))).toBe('waits');
    registers({});
    expect([a.fields(node), a.reviews(), b.row(node)]).toEqual([task('by the agent'), [], undefined]);
  });

  it('that cannot be read denies, is not written here, and stays where another build wrote it', () => {
    const { a, workspace, b, write } = setup();
    const refused = a.write(own, { kind: 'put', fields: { name: 'helper', permissions: { '*': 'maybe' } } });
    expect(refused.ok ? '' : refused.error).toMatchObject({
      ...{ kind: 'invalid', message: expect.stringMatching(/"\*" says "maybe".*Nothing was written/) as string },
    });
    const value = { name: 'helper', permissions: { '*': 'maybe' } };
    const records = [craftChange({ collection: 'agents', objectId: 'helper', value })];
    const after = a.disk.log.heads(workspace).get(a.keys.deviceId) ?? null;
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after, records }).bytes]);
    expect(reasonOf(write())).toBe('policy_denied/policy_rule');
  });

  it.each<[title: string, fields: JsonObject | null]>([
    ['an exception', { name: 'helper', permissions: { 'engine:workspace': 'deny', 'engine:*workspace': 'allow' } }],
    ['a weaker answer', { name: 'helper', permissions: { 'engine:workspace': 'ask' } }],
    ['no map', { name: 'helper' }],
    ['the end of the record', null],
  ])('an agent does not free itself: %s waits for a person', (_title, fields) => {
    const { all, b, registers, write, everybodyHears } = setup();
    const permissions = { 'engine:workspace': 'deny' };
    registers({ permissions });
    write(own, fields);
    everybodyHears();
    expect(all.map((device) => device.fields(own)?.['permissions'])).toEqual([permissions, permissions, permissions]);
    expect(b.reviews()).toMatchObject([{ kind: 'proposal', collection: 'agents', authorId: agentId }]);
    expect(reasonOf(write())).toBe('policy_denied/policy_rule');
  });

  it('narrower counts everywhere without a question', () => {
    const { a, b, registers, everybodyHears } = setup();
    registers({ permissions: { 'engine:workspace': 'ask' } });
    a.put(own, { name: 'helper', permissions: { 'engine:workspace': 'deny' } });
    everybodyHears();
    expect([b.fields(own)?.['permissions'], b.reviews()]).toEqual([{ 'engine:workspace': 'deny' }, []]);
    a.put(own, { name: 'helper', permissions: { 'engine:workspace': 'allow' } });
    everybodyHears();
    expect([b.fields(own)?.['permissions'], b.reviews().length]).toEqual([{ 'engine:workspace': 'deny' }, 1]);
  });

  it('that is damaged denies until it is whole again', () => {
    const { b, disk, registers, write } = setup();
    registers({ permissions: { 'tool:*': 'deny' } });
    expect(reasonOf(write())).toBe('written');
    disk.breakRow(...own);
    const damaged = b.replica.noteDamaged('agents' as CollectionName, 'helper' as RecordId);
    expect(reasonOf(write(['workspace', 'x']))).toBe('migration_required/policy_rule');
    expect(b.replica.rebuildRecord(damaged as never)).toMatchObject({ ok: true });
    expect(reasonOf(write(['workspace', 'x']))).toBe('written');
  });
});
