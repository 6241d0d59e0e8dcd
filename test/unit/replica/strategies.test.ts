import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { foundScope, publicKeysOf } from '../../../src/daemon/ground/found.ts';
import { rootKeysFromEntropy } from '../../../src/crypto/keys.ts';
import { setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { sharedState } from './device-state.ts';
import { put, rebind } from './strategies-world.ts';

const merged = ['presence', 'workspace', 'ledger'];

const stateOf = (device: TestDevice): string => sharedState(device, merged);

const entry = (outcome: string): JsonObject => ({ id: '1', outcome });

describe('crdt', () => {
  it('30 texts that two devices edit apart merge letter by letter', () => {
    const { a, b, exchange } = setupPair();
    a.put(['presence', 'n'], { kind: 'note', text: 'one' });
    exchange();
    a.put(['presence', 'n'], { kind: 'note', text: 'zero one' });
    b.put(['presence', 'n'], { kind: 'note', text: 'one two' });
    exchange();
    expect(a.fields(['presence', 'n'])).toEqual({ kind: 'note', text: 'zero one two' });
    expect(stateOf(b)).toBe(stateOf(a));
    expect(b.held()).toEqual([]);
  });

  it('30 three devices agree after edits and a removal that met an edit', () => {
    const { all: devices, exchange } = setupDevices(3);
    const [a, b, c] = devices as [TestDevice, TestDevice, TestDevice];
    a.put(['presence', 'n'], { kind: 'note', text: 'one' });
    exchange();
    a.remove(['presence', 'n']);
    b.put(['presence', 'n'], { kind: 'note', text: 'one more' });
    c.put(['presence', 'm'], { kind: 'layout', data: { x: 1 } });
    exchange();
    expect(a.fields(['presence', 'n'])).toEqual({ kind: 'note', text: 'one more' });
    expect(new Set(devices.map(stateOf)).size).toBe(1);
  });

  it('30 a remote change below the latest version is told of too', () => {
    const { a, b, send, exchange } = setupPair();
    a.put(['presence', 'n'], { kind: 'note', text: 'one' });
    exchange();
    a.put(['presence', 'n'], { kind: 'note', text: 'zero one' });
    b.put(['presence', 'n'], { kind: 'note', text: 'one two' });
    b.put(['presence', 'n'], { kind: 'note', text: 'one two three' });
    b.events.length = 0;
    send(a, b);
    expect(b.events.map(({ type }) => type)).toContain('record.changed');
  });
});

describe('graph_merge', () => {
  it('31 different properties both hold', () => {
    const { a, b, exchange } = setupPair();
    a.put(['workspace', 'w'], { kind: 'task', title: 'one', props: { due: 1 } });
    exchange();
    a.patch(['workspace', 'w'], { op: 'add', path: '/title', value: 'two' });
    b.patch(['workspace', 'w'], { op: 'add', path: '/props/due', value: 2 });
    exchange();
    expect(b.fields(['workspace', 'w'])).toEqual({ kind: 'task', title: 'two', props: { due: 2 } });
    expect(stateOf(a)).toBe(stateOf(b));
    expect(a.reviews()).toEqual([]);
  });

  it.each(['accept', 'reject'] as const)('31 one conflict everywhere, closed everywhere by one %s', (decision) => {
    const { all: devices, exchange } = setupDevices(3);
    const [a, b, c] = devices as [TestDevice, TestDevice, TestDevice];
    a.put(['workspace', 'w'], { kind: 'task', title: 'one' });
    exchange();
    a.put(['workspace', 'w'], { kind: 'task', title: 'from a' });
    b.put(['workspace', 'w'], { kind: 'task', title: 'from b' });
    exchange();
    const ids = devices.map((device) => device.reviews().map(({ id }) => id));
    expect(ids[0]).toHaveLength(1);
    expect(ids).toEqual([ids[0], ids[0], ids[0]]);
    expect(c.row(['workspace', 'w'])?.openConflicts).toBe(1);
    const live = c.fields(['workspace', 'w'])?.['title'];
    const [decided] = c.replica.decide(ids[0] as string[], decision);
    expect(decided).toMatchObject({ ok: true, value: { status: 'resolved' } });
    exchange();
    const other = live === 'from a' ? 'from b' : 'from a';
    for (const device of devices) {
      expect(device.reviews()).toEqual([]);
      expect(device.fields(['workspace', 'w'])?.['title']).toBe(decision === 'accept' ? live : other);
      expect(device.row(['workspace', 'w'])?.openConflicts).toBe(0);
    }
  });

  it('32 a dangerous edge waits at the other device until it is accepted', () => {
    const { a, b, exchange } = setupPair();
    a.put(['workspace', 'w'], { kind: 'task', title: 'one' });
    exchange();
    const edge = { type: 'automation', to: 'workspace/x' };
    a.put(['workspace', 'w'], { kind: 'task', title: 'two', edges: { e: edge } });
    exchange();
    expect(b.fields(['workspace', 'w'])).toMatchObject({ title: 'two' });
    expect(JSON.stringify(b.fields(['workspace', 'w']))).not.toContain('automation');
    const [item] = b.reviews();
    expect(item?.kind).toBe('proposal');
    const [version] = b.row(['workspace', 'w'])?.heads ?? [];
    expect(b.disk.history.get(version as never)?.disposition).toBe('proposed');
    b.replica.decide([item?.id ?? ''], 'accept');
    expect(b.fields(['workspace', 'w'])).toEqual(a.fields(['workspace', 'w']));
    expect(b.disk.history.get(version as never)?.disposition).toBe('applied');
    exchange();
    expect(stateOf(b)).toBe(stateOf(a));
  });
});

describe('graph_merge where a deletion met an update with a dangerous edge', () => {
  it('32 both devices ask the same question, also about the edge that waits at one of them', () => {
    const { a, b, exchange } = setupPair();
    a.put(['workspace', 'w'], { kind: 'task', title: 'one' });
    exchange();
    b.remove(['workspace', 'w']);
    const edge = { type: 'automation', to: 'workspace/x' };
    a.put(['workspace', 'w'], { kind: 'task', title: 'two', edges: { e: edge } });
    exchange();
    const askedBy = (device: TestDevice) => device.reviews().filter(({ kind }) => kind === 'conflict');
    expect(askedBy(a)).toHaveLength(1);
    expect(askedBy(a)[0]?.alternatives[0]?.value).toMatchObject({ title: 'two', edges: { e: edge } });
    expect(askedBy(b).map(({ alternatives }) => alternatives)).toEqual(
      askedBy(a).map(({ alternatives }) => alternatives),
    );
    expect(JSON.stringify(b.fields(['workspace', 'w']))).not.toContain('automation');
  });
});

describe('append_only', () => {
  it('33 entries travel, and are neither changed nor removed', () => {
    const { a, b, exchange } = setupPair();
    a.put(['ledger', 'e'], entry('allow'));
    exchange();
    expect(b.fields(['ledger', 'e'])).toEqual(entry('allow'));
    expect(b.write(['ledger', 'e'], put(entry('deny')))).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { detail: 'immutable_entry' } },
    });
    expect(b.write(['ledger', 'e'], { kind: 'remove' })).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(b.put(['ledger', 'e'], entry('allow')).fields).toEqual(entry('allow'));
  });

  it('33 of one id with two contents the earliest stays everywhere, the other is kept as refused', () => {
    const { a, b, clock, exchange } = setupPair();
    const first = b.put(['ledger', 'e'], entry('allow'));
    clock.nowMs += 5;
    const second = a.put(['ledger', 'e'], entry('deny'));
    exchange();
    for (const device of [a, b]) {
      expect(device.fields(['ledger', 'e'])).toEqual(entry('allow'));
      expect(device.disk.history.get(first.version)?.disposition).toBe('applied');
      expect(device.disk.history.get(second.version)?.disposition).toBe('refused');
      expect(device.replica.history('ledger' as CollectionName, 'e' as RecordId)).toHaveLength(2);
    }
    const rejected = b.disk.audit
      .read(0, 100)
      .filter((event) => typeof event !== 'string' && event.eventType === 'graph.write.rejected');
    expect(rejected).toHaveLength(1);
  });
});

describe('what is refused', () => {
  it('37 secrets are refused by every write, and nothing of them reaches a log', () => {
    const { a } = setupPair();
    const intents = [{ kind: 'put' as const, fields: { label: 'key', value: 'hunter2' } }, { kind: 'remove' as const }];
    for (const intent of intents) {
      expect(a.write(['secrets', 'k'], intent)).toMatchObject({
        ok: false,
        error: { kind: 'refused', refusal: { reasonCode: 'policy_denied', detail: 'stays_on_device' } },
      });
    }
    expect(a.appended).toEqual([]);
  });

  it('37 policy is refused with policy_denied', () => {
    const { a, clock } = setupPair();
    const random = (size: number): Uint8Array => new Uint8Array(size).fill(7);
    const first = {
      deviceId: a.keys.deviceId,
      keys: publicKeysOf(a.keys),
      role: 'admin' as const,
      authorities: [],
      label: 'a',
    };
    const root = rootKeysFromEntropy(random(16));
    expect(a.write(['policy', 'p'], put({ layer: 'org', generation: 1, rules: {} }))).toMatchObject({
      ok: false,
      error: { kind: 'no_scope' },
    });
    const org = foundScope({
      kind: 'org',
      name: 'org',
      userId: root.userId,
      devices: [first],
      root,
      randomBytes: random,
      nowMs: clock.nowMs,
    });
    expect(a.replica.adoptScope([org.entry], new Map([[1, org.epochKey]])).ok).toBe(true);
    expect(a.write(['policy', 'p'], put({ layer: 'org', generation: 1, rules: {} }))).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'policy_denied' } },
    });
    expect(a.appended).toEqual([]);
  });

  it('16 a change that breaks the schema is refused where it is written, in words', () => {
    const { a } = setupPair();
    expect(a.write(['workspace', 'w'], put({ title: 1 }))).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    a.put(['workspace', 'w'], { kind: 'task', title: 'one' });
    a.put(['presence', 'w'], { kind: 'note', text: 'x' });
    for (const [collection, path] of [
      ['workspace', '/title'],
      ['presence', '/kind'],
    ] as const) {
      expect(a.write([collection, 'w'], { kind: 'patch', patch: [{ op: 'remove', path }] })).toMatchObject({
        ok: false,
        error: { kind: 'refused', refusal: { detail: 'record_invalid' } },
      });
    }
    expect(a.fields(['workspace', 'w'])).toEqual({ kind: 'task', title: 'one' });
  });

  it('16 what breaks the schema only together with others is judged alike everywhere', () => {
    const { all: devices, exchange } = setupDevices(3);
    const [a, b] = devices as [TestDevice, TestDevice];
    for (const device of devices) {
      rebind(device, 'workspace', (binding) => ({
        ...binding,
        validate: (fields) =>
          fields['title'] === 'two' && fields['note'] === 'two'
            ? { ok: false, error: 'title and note are both two' }
            : { ok: true, value: fields },
      }));
    }
    a.put(['workspace', 'w'], { kind: 'task', title: 'one', note: 'one' });
    exchange();
    a.patch(['workspace', 'w'], { op: 'add', path: '/title', value: 'two' });
    b.patch(['workspace', 'w'], { op: 'add', path: '/note', value: 'two' });
    exchange();
    expect(new Set(devices.map(stateOf)).size).toBe(1);
    expect(devices.flatMap((device) => device.held())).toEqual([]);
  });
});
