import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import type { ScopeId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Stamp } from '../../../src/clock/stamp.ts';
import type { AuditEvent, AuditFacts } from '../../../src/contract/audit.ts';
import {
  type AuditCheckpoint,
  checkpointEvents,
  emptyTree,
  isCheckpointSigned,
  signCheckpoint,
  verifyCheckpoints,
  withEvent,
} from '../../../src/log/audit-checkpoint.ts';
import { decodeBatch } from '../../../src/log/header.ts';
import { decodeMeta, encodeMeta } from '../../../src/log/meta.ts';
import { openBatch } from '../../../src/log/sealing.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { batchesBy, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const facts: AuditFacts = {
  ...{ eventType: 'test.event', actorId: 'urn:srcos:user:a', subjectId: 'urn:srcos:user:b', policyDomain: 'test' },
  ...{ outcome: 'informational', reasonCode: 'none', details: {} },
};
const node = ['workspace', 'w'] as const;

function audit(device: TestDevice, times: number): void {
  for (let time = 0; time < times; time++) {
    device.replica.audit(facts);
  }
}

function checkpointsOf(device: TestDevice): readonly number[] {
  return device.replica.auditCheckpoints().map(({ n }) => n);
}

function outcomeOf({ disk, replica }: TestDevice): string {
  const rows = disk.audit.read(0, Number.MAX_SAFE_INTEGER);
  const verified = verifyCheckpoints(rows, disk.audit.head(), replica.auditCheckpoints());
  return verified.ok ? `${verified.value.count} events` : (verified.error.detail ?? '');
}

function eventsOf(device: TestDevice, from = 0): readonly AuditEvent[] {
  return device.disk.audit.read(from, 100_000).filter((row): row is AuditEvent => typeof row !== 'string');
}

function aboutAudit(device: TestDevice): readonly AuditEvent[] {
  return eventsOf(device).filter(({ policyDomain }) => policyDomain === 'audit');
}

describe('own checkpoints', () => {
  it('100 one comes with every 256th event, signed, in the same transaction, and is told', () => {
    const { a } = setupPair();
    audit(a, checkpointEvents - 1);
    expect(checkpointsOf(a)).toEqual([]);
    expect(a.events.filter(({ type }) => type === 'audit.checkpoint')).toEqual([]);
    audit(a, 2 * checkpointEvents);
    expect(checkpointsOf(a)).toEqual([256, 512]);
    const [checkpoint] = a.replica.auditCheckpoints();
    assert(checkpoint !== undefined, 'there is one');
    expect(isCheckpointSigned(checkpoint, a.keys.sign.publicKey)).toBe(true);
    const { n, root, head } = checkpoint;
    const told = a.events.filter(({ type }) => type === 'audit.checkpoint');
    expect(told[0]).toEqual({ type: 'audit.checkpoint', data: { deviceId: a.replica.self, n, root, head } });
    expect(outcomeOf(a)).toBe('767 events');
  });

  it('100 one comes when there are new events and the last is old, from a new process too', () => {
    const { a, clock } = setupPair();
    a.replica.checkpointAudit(0);
    expect(checkpointsOf(a)).toEqual([]);
    audit(a, 3);
    a.replica.checkpointAudit(1000);
    expect(checkpointsOf(a)).toEqual([3]);
    audit(a, 2);
    a.replica.checkpointAudit(1000);
    expect(checkpointsOf(a)).toEqual([3]);
    clock.nowMs += 1000;
    a.restart();
    a.replica.checkpointAudit(1000);
    expect(checkpointsOf(a)).toEqual([3, 5]);
    clock.nowMs += 1000;
    a.replica.checkpointAudit(1000);
    expect(checkpointsOf(a)).toEqual([3, 5]);
    expect(outcomeOf(a)).toBe('5 events');
  });

  it('100 a transaction that fails leaves none, and the next event brings it', () => {
    const { a } = setupPair();
    audit(a, checkpointEvents - 1);
    for (let operation = 1; ; operation++) {
      a.failing.arm(operation);
      let failed = false;
      try {
        audit(a, 1);
      } catch {
        failed = true;
      }
      a.failing.disarm();
      if (!failed) {
        break;
      }
      expect(checkpointsOf(a)).toEqual([]);
      expect(a.events).toEqual([]);
    }
    expect(checkpointsOf(a)).toEqual([256]);
    expect(outcomeOf(a)).toBe('256 events');
  });

  it('100 at most 32 are kept', () => {
    const { a, clock } = setupPair();
    for (let time = 1; time <= 40; time++) {
      audit(a, 1);
      clock.nowMs += 1;
      a.replica.checkpointAudit(0);
    }
    expect(checkpointsOf(a)).toEqual(Array.from({ length: 32 }, (_, index) => index + 9));
  });

  it('101 without its kept edge the tree is made from the chain anew', () => {
    const { a } = setupPair();
    audit(a, 300);
    const settings = a.disk.settings;
    settings.remove('audit.tree');
    settings.remove('audit.checkpoints');
    a.replica.checkpointAudit(0);
    expect(checkpointsOf(a)).toEqual([300]);
    expect(outcomeOf(a)).toBe('300 events');
  });

  it('101 nothing is signed over a chain that is not the one of the last checkpoint', () => {
    const { a } = setupPair();
    audit(a, 3);
    a.replica.checkpointAudit(0);
    const tree = a.disk.settings.get('audit.tree');
    a.disk.settings.set('audit.tree', { ...(tree as object), head: `sha256:${'0'.repeat(64)}` });
    audit(a, 300);
    a.replica.checkpointAudit(0);
    expect(checkpointsOf(a)).toEqual([3]);
  });
});

describe('witnessed checkpoints', () => {
  it('102 a batch of each shared scope carries the latest once, and peers keep it', () => {
    const { a, b, workspace, profile, exchange } = setupPair();
    audit(a, 5);
    a.replica.checkpointAudit(0);
    a.put(node, { kind: 'task', title: 'one' });
    a.put(node, { kind: 'task', title: 'two' });
    a.put(['shell', 's'], { kind: 'alias', name: 'll', body: 'ls' });
    const [latest] = a.replica.auditCheckpoints();
    expect(metasOf(a, workspace)).toEqual([latest, null]);
    expect(metasOf(a, profile)).toEqual([latest]);
    exchange();
    expect(Object.keys(witnessedBy(b, a)).sort()).toEqual([workspace, profile].sort());
    expect(aboutAudit(b)).toEqual([]);
  });

  it('41 a peer that signs another chain is audited, refused, and its changes count', () => {
    const { a, b, exchange, workspace } = setupPair();
    audit(a, 5);
    a.replica.checkpointAudit(0);
    a.put(node, { kind: 'task', title: 'one' });
    exchange();
    const before = witnessedBy(b, a);
    const [first, ...rest] = eventsOf(a).slice(0, 5);
    assert(first !== undefined, 'there is an event');
    const forked = checkpointOf(a, [...rest, first]);
    const report = b.replica.receive(workspace, [batchWith(a, workspace, forked)]);
    expect(report).toMatchObject({
      appended: 1,
      refusals: [{ reasonCode: 'signature_invalid', detail: 'audit_fork' }],
    });
    expect(aboutAudit(b)).toMatchObject([
      {
        ...{ eventType: 'graph.write.rejected', actorId: a.replica.self, policyDomain: 'audit', outcome: 'deny' },
        ...{ reasonCode: 'signature_invalid', details: { detail: 'audit_fork', n: 5 } },
      },
    ]);
    expect(witnessedBy(b, a)).toEqual(before);
  });

  it('41 a peer whose chain goes back is audited and refused', () => {
    const { a, b, exchange, workspace } = setupPair();
    audit(a, 5);
    a.replica.checkpointAudit(0);
    a.put(node, { kind: 'task', title: 'one' });
    exchange();
    const cut = checkpointOf(a, eventsOf(a).slice(0, 2));
    const report = b.replica.receive(workspace, [batchWith(a, workspace, cut)]);
    expect(report.refusals).toMatchObject([{ detail: 'audit_truncated' }]);
    expect(aboutAudit(b)).toMatchObject([{ details: { detail: 'audit_truncated', n: 2 } }]);
  });
});

function checkpointOf(device: TestDevice, events: readonly AuditEvent[]): AuditCheckpoint {
  return signCheckpoint(events.reduce(withEvent, emptyTree), 1, device.keys);
}

function batchWith(by: TestDevice, scopeId: ScopeId, audit: AuditCheckpoint): Uint8Array {
  const meta = encodeMeta({ stamp: '019b76daa800-0000' as Stamp, frontier: {}, audit, scopes: [] });
  return craftBatch({ by, scopeId, meta, records: [craftChange({ objectId: 'crafted' })] }).bytes;
}

/** The checkpoint in each batch that a device wrote in a scope. */
function metasOf(device: TestDevice, scopeId: ScopeId): readonly (AuditCheckpoint | null)[] {
  return batchesBy(device, scopeId).map((bytes) => {
    const batch = decodeBatch(bytes);
    const key = device.replica.epochKey(scopeId, 1);
    const opened = batch.ok && key !== undefined ? openBatch(batch.value, key) : undefined;
    const meta = opened?.ok ? decodeMeta(opened.value[0] ?? new Uint8Array()) : undefined;
    assert(meta?.ok, 'an own batch can be read');
    return meta.value.audit;
  });
}

function witnessedBy(device: TestDevice, other: TestDevice): JsonObject {
  return device.disk.settings.get(`audit.witness.${other.replica.self}`) as JsonObject;
}
