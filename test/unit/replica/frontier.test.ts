import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import type { BatchId, DeviceId, ScopeId } from '../../../src/base/ids.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import { decodeBatch, decodeSignedHeader } from '../../../src/log/header.ts';
import { type BatchMeta, type FrontierDelta, decodeMeta, encodeMeta } from '../../../src/log/meta.ts';
import { openBatch } from '../../../src/log/sealing.ts';
import { evidenceOf } from '../../../src/replica/kernel/alarms.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { type Pair, batchesBy, last, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const node = ['workspace', 'w'] as const;
const other = ['workspace', 'x'] as const;

function metaOf(device: TestDevice, scopeId: ScopeId, sequence: number): BatchMeta {
  const row = device.disk.log.get(scopeId, device.keys.deviceId, sequence);
  const batch = row && decodeBatch(row.bytes);
  const key = device.replica.epochKey(scopeId, 1);
  assert(batch?.ok === true && key !== undefined, 'an own batch can be read');
  const opened = openBatch(batch.value, key);
  const meta = opened.ok ? decodeMeta(opened.value[0] as Uint8Array) : opened;
  assert(meta.ok, 'its meta record can be read');
  return meta.value;
}

const told = (device: TestDevice, scopeId: ScopeId, sequence: number): Readonly<Record<DeviceId, number>> =>
  Object.fromEntries(
    Object.entries(metaOf(device, scopeId, sequence).frontier).map(([deviceId, [held]]) => [deviceId, held]),
  );

const open = (device: TestDevice): readonly string[] =>
  device.replica
    .alarms()
    .filter(({ clearedMs }) => clearedMs === null)
    .map(({ kind }) => kind);

/** A batch of `by` that says what it holds. */
function attesting(by: TestDevice, scopeId: ScopeId, frontier: FrontierDelta, more: object = {}): Uint8Array {
  const stamp = '019b76daa800-0000' as Stamp;
  const meta = encodeMeta({ stamp, frontier, audit: null, scopes: [], ...more });
  return craftBatch({ by, scopeId, meta, kind: 'heartbeat' }).bytes;
}

describe('what own batches tell of the others', () => {
  it('110 the first batch of a run tells all, the next what grew since, the last of a call nothing twice', () => {
    const { a, b, workspace, exchange, send } = setupPair();
    const [id] = [b.keys.deviceId];
    b.put(node, { kind: 'task', title: 'one' });
    exchange();
    a.put(other, { kind: 'task', title: 'a' });
    expect(told(a, workspace, 1)).toEqual({ [id]: 1 });
    a.patch(other, { op: 'add', path: '/title', value: 'b' });
    expect(told(a, workspace, 2)).toEqual({});
    b.patch(node, { op: 'add', path: '/title', value: 'two' });
    b.patch(node, { op: 'add', path: '/title', value: 'three' });
    send(b, a);
    a.patch(other, { op: 'add', path: '/title', value: 'c' });
    a.patch(other, { op: 'add', path: '/title', value: 'd' });
    expect([told(a, workspace, 3), told(a, workspace, 4)]).toEqual([{ [id]: 3 }, {}]);
    a.restart();
    a.patch(other, { op: 'add', path: '/title', value: 'e' });
    expect(told(a, workspace, 5)).toEqual({ [id]: 3 });
  });

  it('110 what a failed transaction told was not told', () => {
    const { a, b, workspace, exchange } = setupPair();
    b.put(node, { kind: 'task', title: 'one' });
    exchange();
    for (let operation = 1; batchesBy(a, workspace).length === 0; operation++) {
      a.failing.arm(operation);
      try {
        a.put(other, { kind: 'task', title: 'a' });
      } catch {
        expect(batchesBy(a, workspace)).toEqual([]);
      }
      a.failing.disarm();
    }
    expect(told(a, workspace, 1)).toEqual({ [b.keys.deviceId]: 1 });
  });
});

describe('what peers tell', () => {
  /** Three devices; b and c exchanged a batch of c that a has not seen. */
  function setup() {
    const devices = setupDevices(3);
    const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
    c.put(node, { kind: 'task', title: 'of c' });
    devices.send(c, b);
    b.put(other, { kind: 'task', title: 'of b' });
    return { ...devices, a, b, c };
  }

  it('111 §10.40 a batch that a peer holds and the relay does not hand out is withheld, until it arrives', () => {
    const { a, b, c, workspace, send } = setup();
    a.replica.receive(workspace, batchesBy(b, workspace));
    expect(open(a)).toEqual([]);
    a.restart();
    a.replica.caughtUp(workspace);
    a.replica.caughtUp(workspace);
    expect(a.replica.alarms()).toMatchObject([{ kind: 'withheld', deviceId: c.keys.deviceId, detail: 'withheld' }]);
    send(c, a);
    expect(open(a)).toEqual([]);
    a.replica.caughtUp(workspace);
    expect(open(a)).toEqual([]);
  });

  it('111 nothing is withheld where all that was told of is here', () => {
    const { a, workspace, exchange } = setup();
    exchange();
    a.replica.caughtUp(workspace);
    expect(a.replica.alarms()).toEqual([]);
  });

  it('112 §10.40 another batch at a sequence that is held here is a fork, with both signatures kept', () => {
    const { a, b, c, workspace, exchange } = setup();
    exchange();
    const wrong = craftBatch({ by: c, scopeId: workspace, after: null, records: [craftChange({})] }).batchId;
    expect(a.replica.receive(workspace, [attesting(b, workspace, { [c.keys.deviceId]: [1, wrong] })])).toMatchObject({
      appended: 1,
    });
    const [alarm] = a.replica.alarms();
    expect(alarm).toMatchObject({ kind: 'peer_fork', deviceId: c.keys.deviceId, reasonCode: 'relay_untrusted' });
    const proof = evidenceOf(a.disk, alarm?.id ?? '').map((bytes) => decodeSignedHeader(bytes));
    expect(proof).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('112 a batch that arrives under a number that a peer told otherwise of is a fork', () => {
    const { a, b, c, workspace } = setup();
    const wrong = craftBatch({ by: c, scopeId: workspace, after: null, records: [craftChange({})] }).batchId;
    const meta = encodeMeta({
      ...{ stamp: '019b76daa800-0000' as Stamp, audit: null, scopes: [] },
      frontier: { [c.keys.deviceId]: [1, wrong] },
    });
    a.replica.receive(workspace, [
      craftBatch({ by: b, scopeId: workspace, after: null, meta, kind: 'heartbeat' }).bytes,
    ]);
    expect(open(a)).toEqual([]);
    a.replica.receive(workspace, batchesBy(c, workspace));
    expect(open(a)).toEqual(['peer_fork']);
  });

  it('112 two peers that tell otherwise of one number are a fork although neither batch is here', () => {
    const { a, b, c, workspace } = setup();
    const { deviceId } = c.keys;
    const [one, two] = ['1', '2'].map(
      (title) =>
        craftBatch({ by: c, scopeId: workspace, after: null, records: [craftChange({ objectId: title })] }).batchId,
    ) as [BatchId, BatchId];
    const bytes = attesting(b, workspace, { [deviceId]: [7, one] });
    a.replica.receive(workspace, [...batchesBy(b, workspace), bytes]);
    b.replica.receive(workspace, [bytes]);
    a.replica.receive(workspace, [attesting(b, workspace, { [deviceId]: [7, two] })]);
    expect(open(a)).toEqual(['peer_fork']);
  });
});

describe('a device that signed one number twice', () => {
  function equivocating(): Pair & { readonly rest: Uint8Array } {
    const pair = setupPair();
    const { a, b, workspace, exchange } = pair;
    a.put(node, { kind: 'task', title: 'one' });
    const second = craftBatch({ by: a, scopeId: workspace, after: null, records: [craftChange({ objectId: 'v' })] });
    exchange();
    b.replica.receive(workspace, [second.bytes]);
    a.put(other, { kind: 'task', title: 'later' });
    return { ...pair, rest: last(batchesBy(a, workspace)) };
  }

  it('146 §10.13 is isolated in that scope, with proof, also after a restart', () => {
    const { a, b, workspace, profile, rest } = equivocating();
    const [alarm] = b.replica.alarms();
    expect(alarm).toMatchObject({ kind: 'device_equivocation', deviceId: a.keys.deviceId, scopeId: workspace });
    const proof = evidenceOf(b.disk, alarm?.id ?? '').flatMap((bytes) => {
      const decoded = decodeSignedHeader(bytes);
      return decoded.ok ? [decoded.value] : [];
    });
    expect(proof.map(({ header }) => header.sequence)).toEqual([1, 1]);
    expect(new Set(proof.map(({ batchId }) => batchId)).size).toBe(2);
    b.restart();
    expect(b.replica.receive(workspace, [rest])).toMatchObject({ appended: 0, askAgain: false });
    expect(b.fields(other)).toBeUndefined();
    expect(b.held()).toMatchObject([{ deviceId: a.keys.deviceId, detail: 'device_equivocation' }]);
    a.replica.announceScopes([]);
    expect(batchesBy(a, profile).length).toBeGreaterThan(0);
    expect(b.replica.receive(profile, batchesBy(a, profile)).appended).toBe(batchesBy(a, profile).length);
  });

  it('146 its revocation settles the alarm; its membership refuses it from there on', () => {
    const { a, b, workspace, rest } = equivocating();
    const state = stateOf(b, workspace);
    const epochKey = b.replica.epochKey(workspace, 1) as Uint8Array;
    const entry = createRevoke({
      ...{ state, signer: b.keys, subject: a.keys.deviceId, epochKey },
      newEpochKey: createEpochKey((size) => new Uint8Array(size).fill(5)),
      cut: b.disk.log.heads(workspace).get(a.keys.deviceId) ?? { sequence: 0, batchId: null },
    });
    expect(b.replica.receiveEntries(workspace, state.sequence + 1, [entry]).ok).toBe(true);
    expect(open(b)).toEqual([]);
    expect(b.replica.receive(workspace, [rest]).refusals).toMatchObject([{ detail: 'device_revoked' }]);
  });
});

describe('heartbeats that lack own batches', () => {
  const minute = 60_000;
  const stampAt = (ms: number): Stamp => `${ms.toString(16).padStart(12, '0')}-0000` as Stamp;

  it('113 §10.40 a heartbeat without what was confirmed long before tells of a relay that does not forward', () => {
    const { a, b, workspace, clock } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    a.replica.confirmed(workspace, 1);
    const confirmedMs = clock.nowMs;
    const after = (ms: number) => ({ stamp: stampAt(confirmedMs + ms) });
    clock.nowMs += 60 * minute;
    const send = (bytes: Uint8Array): void => {
      expect(a.replica.receive(workspace, [bytes])).toMatchObject({ appended: 1 });
      b.replica.receive(workspace, [bytes]);
    };
    send(attesting(b, workspace, {}, after(15 * minute)));
    expect(open(a)).toEqual([]);
    send(
      attesting(
        b,
        workspace,
        {},
        { ...after(30 * minute), scopes: [{ scopeId: workspace, kind: 'workspace', name: 'n', root: null }] },
      ),
    );
    expect(open(a)).toEqual([]);
    send(attesting(b, workspace, {}, after(30 * minute)));
    expect(a.replica.alarms()).toMatchObject([{ kind: 'not_forwarded', deviceId: b.keys.deviceId }]);
    const [own] = batchesBy(a, workspace) as [Uint8Array];
    const decoded = decodeBatch(own);
    assert(decoded.ok, 'an own batch decodes');
    send(attesting(b, workspace, { [a.keys.deviceId]: [1, decoded.value.batchId] }, after(40 * minute)));
    expect(open(a)).toEqual([]);
  });

  it('113 without a confirmation nobody is accused', () => {
    const { a, b, workspace, clock } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    clock.nowMs += 100 * minute;
    a.replica.receive(workspace, [attesting(b, workspace, {}, { stamp: stampAt(clock.nowMs) })]);
    expect(a.replica.alarms()).toEqual([]);
  });
});
