import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { AuditEvent, AuditFacts } from '../../../src/contract/audit.ts';
import { auditHash } from '../../../src/log/audit.ts';
import { enteredAlike } from '../../../src/log/entered-events.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { everythingOn, isAuditWhole } from './device-state.ts';

const audit = 'audit' as CollectionName;

function entriesOn(device: TestDevice): readonly JsonObject[] {
  return device.disk.records
    .list(audit, everyItem)
    .items.flatMap(({ fields }) => (fields === null ? [] : [fields]))
    .toSorted((left, right) => String(left['id']).localeCompare(String(right['id'])));
}

function noted(device: TestDevice, more: Partial<AuditFacts> = {}): void {
  device.replica.audit({
    ...{ eventType: 'agent.lease.granted', actorId: device.replica.self, subjectId: device.replica.self },
    ...{ policyDomain: 'agents', outcome: 'allow', reasonCode: 'none', details: {}, ...more },
  });
}

function entriesBy(device: TestDevice): number {
  return entriesOn(device).filter(({ deviceId }) => deviceId === device.replica.self).length;
}

/** Signs what was noted and enters it, until nothing is left; answers how many entries there are more. */
function enterAll(device: TestDevice): number {
  device.replica.checkpointAudit(0);
  const before = entriesBy(device);
  while (device.replica.enterAudit()) {
    // Goes on.
  }
  return entriesBy(device) - before;
}

function placeOf(events: readonly AuditEvent[], { id }: JsonObject): number {
  return events.findIndex((event) => event.id === id);
}

describe('what a daemon enters in the audit', () => {
  it('346 what a device noted is an entry on every device, verified there, and noted by none', () => {
    const devices = setupDevices(3);
    const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
    noted(a);
    noted(a, { eventType: 'policy.decision.deny', outcome: 'deny', reasonCode: 'policy_denied' });
    expect(enterAll(a)).toBe(2);
    devices.exchange();
    for (const device of [a, b, c]) {
      expect(
        entriesOn(device)
          .map(({ eventType }) => String(eventType))
          .toSorted(),
      ).toEqual(['agent.lease.granted', 'policy.decision.deny']);
      expect(device.held()).toEqual([]);
    }
    expect(b.disk.audit.head().count).toBe(0);
    expect([enterAll(a), enterAll(b), enterAll(c)]).toEqual([0, 0, 0]);
  });

  it('346 nothing is entered before a checkpoint covers it, and each stretch once', () => {
    const { a, b, exchange } = setupPair();
    noted(a);
    expect([a.replica.enterAudit(), entriesBy(a)]).toEqual([false, 0]);
    expect(enterAll(a)).toBe(1);
    noted(a);
    expect([a.replica.enterAudit(), entriesBy(a)]).toEqual([false, 1]);
    expect(enterAll(a)).toBe(1);
    a.restart();
    noted(a);
    expect(enterAll(a)).toBe(1);
    exchange();
    expect(entriesOn(b)).toHaveLength(3);
    expect(entriesOn(b)).toEqual(entriesOn(a));
  });

  it('347 an entry speaks for its device alone: who else acted is named beside it', () => {
    const devices = setupPair();
    const { a, b, exchange, profile } = devices;
    const records = [
      craftChange({ collection: 'shell' as CollectionName, objectId: 'x' as RecordId, value: { kind: 7 } }),
    ];
    a.replica.receive(profile, [craftBatch({ by: b, scopeId: profile, records }).bytes]);
    noted(a, { actorId: 'urn:srcos:agent:helper' });
    enterAll(a);
    exchange();
    const entries = entriesOn(b);
    expect(entries).toEqual(entriesOn(a));
    expect(entries.length).toBeGreaterThanOrEqual(2);
    expect(new Set(entries.map(({ deviceId }) => deviceId))).toEqual(new Set([a.replica.self]));
    expect(entries.map(({ details }) => (details as JsonObject)['about'])).toContain('urn:srcos:agent:helper');
    expect(isAuditWhole(a)).toBe(true);
  });

  it('35a an entry is its event behind the entry before it, under a hash of its own', () => {
    const { a, b, exchange } = setupPair();
    noted(a);
    noted(a, { actorId: 'urn:srcos:agent:helper', outcome: 'deny' });
    noted(a, { policyDomain: 'audit' });
    noted(a, { eventType: 'policy.decision.deny' });
    enterAll(a);
    exchange();
    const events = a.disk.audit.read(0, 100).flatMap((row) => (typeof row === 'string' ? [] : [row]));
    const entries = entriesOn(b).toSorted((left, right) => placeOf(events, left) - placeOf(events, right));
    expect(entries).toHaveLength(3);
    for (const [index, entry] of entries.entries()) {
      const event = events[placeOf(events, entry)] as AuditEvent;
      const { eventHash, previousEventHash, ...said } = entry;
      const { actorId } = event;
      const about = actorId === a.replica.self ? {} : { about: actorId };
      const { eventHash: _own, previousEventHash: _before, signature: _none, ...noted } = { signature: null, ...event };
      expect(said).toEqual({ ...noted, actorId: a.replica.self, details: { ...event.details, ...about } });
      expect(previousEventHash).toBe(entries[index - 1]?.['eventHash']);
      expect(eventHash).toBe(auditHash(entry as unknown as AuditEvent));
    }
    expect(entries.at(-1)?.['eventHash']).not.toBe(events.at(-1)?.eventHash);
  });

  it('348 what happened in the vault or on this device alone is entered by no name', () => {
    const { a, b, exchange } = setupPair();
    for (const policyDomain of ['secrets', 'a-vault-that-was-removed', 'audit']) {
      noted(a, { policyDomain, subjectId: 'urn:srcos:secret:canary' });
    }
    noted(a, { policyDomain: 'membership' });
    expect(enterAll(a)).toBe(1);
    exchange();
    expect(JSON.stringify(entriesOn(b))).not.toContain('canary');
  });

  it('348 of batches of others no device says that they count: the batch says it', () => {
    const { a, b, exchange } = setupPair();
    a.write(['presence', 'one'], { kind: 'put', fields: { kind: 'note', text: 'x' } });
    exchange();
    expect(b.disk.audit.head().count).toBeGreaterThan(0);
    expect(enterAll(b)).toBe(0);
    expect(enterAll(a)).toBeGreaterThan(0);
  });

  it('349 a flood is counted: so many entries of a kind in a stretch, and how many more there were', () => {
    const { a, b, exchange } = setupPair();
    for (let event = 0; event < 250; event++) {
      noted(a, { actorId: b.replica.self, eventType: 'graph.write.rejected', outcome: 'deny' });
    }
    noted(a);
    expect(enterAll(a)).toBe(4 * enteredAlike + 1);
    exchange();
    const counts = entriesOn(b).flatMap(({ details }) => (details as JsonObject)['alike'] ?? []);
    expect(counts.reduce<number>((sum, count) => sum + Number(count), 0)).toBe(250 - 4 * enteredAlike);
  });

  it('349 a device that is far behind begins anew and says what it passed over', () => {
    const { a } = setupPair();
    for (let event = 0; event < 5_000; event++) {
      noted(a, { eventType: `test.${event % 100}` });
    }
    const written = enterAll(a);
    expect(written).toBe(256);
    expect(entriesOn(a).flatMap(({ details }) => (details as JsonObject)['passedOver'] ?? [])).toEqual([5_000 - 256]);
  });

  it('346 nothing is entered where the collection is off, denied, or the device only reads; later it is', () => {
    const devices = setupDevices(2, { laterRole: 'reader' });
    const [a, b] = devices.all as readonly [TestDevice, TestDevice];
    noted(b);
    expect(enterAll(b)).toBe(0);
    a.disabled.add('sourceos.sync.audit');
    noted(a);
    expect(enterAll(a)).toBe(0);
    a.disabled.delete('sourceos.sync.audit');
    expect(enterAll(a)).toBe(1);
  });

  it('346 a store that fails at any step leaves the place and the entries as they were, and the next try works', () => {
    for (let step = 1, hasStruck = true; hasStruck; step++) {
      const { a, b, exchange } = setupPair();
      noted(a);
      noted(a);
      a.replica.checkpointAudit(0);
      const before = everythingOn(a);
      a.failing.arm(step);
      try {
        a.replica.enterAudit();
      } catch {
        expect(everythingOn(a)).toEqual(before);
      }
      ({ hasStruck } = a.failing);
      a.failing.disarm();
      enterAll(a);
      exchange();
      expect(entriesOn(a)).toHaveLength(2);
      expect(entriesOn(b)).toEqual(entriesOn(a));
    }
  });
});
