import { describe, expect, it } from 'vitest';
import { hexFromBytes } from '../../../src/base/bytes.ts';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import { decodeBatch } from '../../../src/log/header.ts';
import { encodeMeta } from '../../../src/log/meta.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { flipped } from '../bad-input/arrival.ts';

const node = ['workspace', 'w'] as const;
const fields = { kind: 'task', title: 't' };
const meta = { stamp: '019b76daa800-0000' as Stamp, frontier: {}, audit: null, scopes: [] };

/** Record 0 as a later version may write it. */
const laterMeta = canonicalBytes({
  ...(JSON.parse(new TextDecoder().decode(encodeMeta(meta))) as JsonObject),
  mood: 1,
});
const laterChange = canonicalBytes({
  ...(JSON.parse(new TextDecoder().decode(craftChange({ objectId: 'later' }))) as JsonObject),
  mood: 1,
});

function auditedOn(device: TestDevice, type: string): number {
  return device.disk.audit.read(0, 1000).filter((event) => typeof event !== 'string' && event.eventType === type)
    .length;
}

describe('a batch that was rejected before', () => {
  it('28 a batch that was rejected is audited once, however often it is handed out', () => {
    const { a, b, workspace } = setupPair();
    const { bytes } = craftBatch({ by: a, scopeId: workspace, after: null, records: [craftChange({})] });
    const spoiled = flipped(bytes, bytes.length - 1);
    for (let times = 0; times < 3; times++) {
      expect(b.replica.receive(workspace, [spoiled]).refusals).toHaveLength(1);
    }
    b.restart();
    b.replica.receive(workspace, [spoiled]);
    expect(auditedOn(b, 'graph.write.rejected')).toBe(1);
  });

  it('28 what a failed transaction told was not told', () => {
    const { a, b, workspace } = setupPair();
    const { bytes } = craftBatch({ by: a, scopeId: workspace, after: null, records: [craftChange({})] });
    const spoiled = flipped(bytes, bytes.length - 1);
    let failures = 0;
    for (let isDone = false; !isDone; failures += isDone ? 0 : 1) {
      b.failing.arm(failures + 1);
      try {
        b.replica.receive(workspace, [spoiled]);
        isDone = true;
      } catch {
        expect(auditedOn(b, 'graph.write.rejected')).toBe(0);
      }
      b.failing.disarm();
    }
    expect(failures).toBeGreaterThan(1);
    expect(auditedOn(b, 'graph.write.rejected')).toBe(1);
  });
});

describe('batches that are held whole', () => {
  it('29 one of a later version whose chain went on is read after the upgrade, and only then', () => {
    const { a, b, workspace } = setupPair();
    const records = [craftChange({})];
    const { bytes, batchId } = craftBatch({ by: a, scopeId: workspace, after: null, records, meta: laterMeta });
    b.replica.receive(workspace, [bytes]);
    expect(b.held()).toMatchObject([{ reasonCode: 'migration_required', bytes }]);
    const next = craftBatch({
      ...{ by: a, scopeId: workspace, after: { sequence: 1, batchId } },
      records: [craftChange({ objectId: 'next' })],
    });
    b.replica.receive(workspace, [next.bytes]);
    expect(b.fields(['workspace', 'next'])).toEqual(fields);
    b.replica.rejudgeBatches();
    expect(b.held()).toHaveLength(1);
    expect(b.row(node)).toBeUndefined();
  });

  it('29 a record of a later version is held, and its neighbours count', () => {
    const { a, b, workspace } = setupPair();
    const { bytes } = craftBatch({ by: a, scopeId: workspace, after: null, records: [craftChange({}), laterChange] });
    b.replica.receive(workspace, [bytes]);
    expect(b.fields(node)).toEqual(fields);
    expect(b.held()).toMatchObject([{ reasonCode: 'migration_required', bytes, changeId: null }]);
    const audited = auditedOn(b, 'graph.write.quarantined');
    b.restart();
    b.replica.rejudgeBatches();
    expect(b.held()).toHaveLength(1);
    expect(auditedOn(b, 'graph.write.quarantined')).toBe(audited);
  });

  it('29 one that was held by a version that could not read it is taken in where it stands', () => {
    const { a, b, workspace } = setupPair();
    const record = craftChange({});
    const { bytes } = craftBatch({ by: a, scopeId: workspace, after: null, records: [record] });
    heldByOlderVersion(b, workspace, bytes);
    b.restart();
    b.replica.rejudgeBatches();
    expect(b.fields(node)).toEqual(fields);
    expect(b.held()).toEqual([]);
    b.replica.rejudgeBatches();
    expect(auditedOn(b, 'graph.write.accepted')).toBe(1);
  });

  it('29 one of a suite that was unknown is taken in as if it came now, in the order of its chain', () => {
    const { a, b, workspace } = setupPair();
    const first = craftBatch({ by: a, scopeId: workspace, after: null, records: [craftChange({})] });
    const second = craftBatch({
      ...{ by: a, scopeId: workspace, after: { sequence: 1, batchId: first.batchId } },
      records: [craftChange({ objectId: 'next' })],
    });
    for (const { bytes } of [second, first]) {
      hold(b, bytes);
    }
    b.restart();
    b.replica.rejudgeBatches();
    expect(b.fields(node)).toEqual(fields);
    expect(b.fields(['workspace', 'next'])).toEqual(fields);
    expect(b.held()).toEqual([]);
  });

  it('29 what waits in a scope is judged when its log goes on', () => {
    const { all, workspace } = setupDevices(3);
    const [a, b] = all as readonly [TestDevice, TestDevice, TestDevice];
    const { bytes } = craftBatch({ by: a, scopeId: workspace, after: null, records: [craftChange({})] });
    hold(b, bytes);
    b.restart();
    const { entry } = valueOf(a.replica.draftRotation(workspace, null));
    expect(b.replica.receiveEntries(workspace, 0, [entry])).toMatchObject({ ok: true });
    expect(b.fields(node)).toEqual(fields);
    expect(b.held()).toEqual([]);
  });
});

/** As a version leaves it that could not read the batch: its chain went over it, and the bytes are held beside the log. */
function heldByOlderVersion(
  device: TestDevice,
  scopeId: Parameters<TestDevice['replica']['receive']>[0],
  bytes: Uint8Array,
): void {
  const batch = valueOf(decodeBatch(bytes));
  const { deviceId, sequence } = batch.header;
  device.disk.transaction(() => {
    device.disk.log.append({ scopeId, deviceId, sequence, batchId: batch.batchId, bytes });
  });
  hold(device, bytes);
}

function hold(device: TestDevice, bytes: Uint8Array): void {
  device.disk.transaction(() => {
    device.disk.quarantine.put({
      ...{
        id: `qr_${hexFromBytes(bytes.subarray(-8))}`,
        engineId: null,
        collection: null,
        recordId: null,
        authorId: null,
      },
      ...{ reasonCode: 'migration_required', detail: 'suite_unknown', message: 'Upgrade.', deviceId: null },
      ...{ stamp: meta.stamp, changeId: null, bytes, status: 'held' },
    });
  });
}

function valueOf<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) {
    throw new Error('expected to be ok');
  }
  return result.value;
}
