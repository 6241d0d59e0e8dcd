import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Change } from '../../../src/contract/change.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { changeIdOf } from '../../../src/log/change.ts';
import { auditEvent, entryChange } from '../../helpers/audit-entries.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { type Devices, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { everythingOn, isAuditWhole } from './device-state.ts';
import { runs } from '../../helpers/suite.ts';

const audit = 'audit' as CollectionName;
const engine = 'sourceos.sync.audit';

/** A chain of events of one device, from its first. */
function chainOf(device: TestDevice, count: number, from?: JsonObject): readonly JsonObject[] {
  const events: JsonObject[] = [];
  for (let number = 1; number <= count; number++) {
    const previous = events.at(-1) ?? from;
    const link = previous === undefined ? {} : { previousEventHash: previous['eventHash'] as string };
    events.push(auditEvent(device.keys.deviceId, `${number}`, link));
  }
  return events;
}

function bytesOf(device: TestDevice, event: JsonObject, more: Partial<Change> = {}): Uint8Array {
  return craftChange({ ...entryChange(device.keys.deviceId, event), ...more });
}

/** The device signs a batch with these records, and it stands in its own log alone. */
function sign(device: TestDevice, { profile }: Pick<Devices, 'profile'>, records: readonly Uint8Array[]): void {
  const batch = craftBatch({ by: device, scopeId: profile, records });
  const sequence = (device.disk.log.heads(profile).get(device.keys.deviceId)?.sequence ?? 0) + 1;
  const { batchId, bytes } = batch;
  device.disk.log.append({ scopeId: profile, deviceId: device.keys.deviceId, sequence, batchId, bytes });
}

function entriesOn(device: TestDevice): readonly string[] {
  return device.disk.records
    .list(audit, everyItem)
    .items.map(({ fields }) => String(fields?.['id']).replace('urn:srcos:audit:', ''))
    .sort();
}

/** What a device noted of changes that it refused. */
function reported(device: TestDevice): readonly string[] {
  return device.disk.audit
    .read(0, 1_000)
    .flatMap((event) => (typeof event !== 'string' && event.outcome === 'deny' ? [event] : []))
    .map(({ reasonCode, details }) => `${reasonCode}/${String(details['detail'])}`);
}

describe('entries of the audit', () => {
  it('340 nobody writes them: not a person, a program, an agent, an owner, nor by a new name', () => {
    const { a } = setupPair();
    const event = auditEvent(a.keys.deviceId, '1');
    const id = String(entryChange(a.keys.deviceId, event).objectId);
    const before = everythingOn(a);
    const writes = [
      a.write(['audit', id], { kind: 'put', fields: event }),
      a.write(['audit', id], { kind: 'put', fields: event }, { managedBy: 'system', authorId: a.keys.deviceId }),
      a.write(['audit', id], { kind: 'put', fields: event }, { authorId: 'urn:srcos:agent:helper' }),
      a.write(['audit', id], { kind: 'patch', patch: [{ op: 'add', path: '/outcome', value: 'deny' }] }),
      a.write(['audit', id], { kind: 'remove' }),
      a.write(['audit', id], { kind: 'binary', update: new Uint8Array(2) } as never),
      ...a.replica.move(audit, [{ from: id as RecordId, to: 'other' as RecordId }]),
    ];
    for (const written of writes) {
      expect(written).toMatchObject({ ok: false, error: { kind: 'refused', refusal: { detail: 'audit_writer' } } });
    }
    const owner = { type: 'app', id: 'tasks' } as const;
    const set = { owner, version: null, syncToken: 1, contentHash: 'x', items: [{ id, fields: event }] };
    expect(a.replica.pushOwnerSet(audit, set as never, true)).toMatchObject({ ok: false, error: { kind: 'write' } });
    expect(everythingOn(a)).toEqual(before);
  });

  it('341 the chain of a member is taken in, one entry for each event, and none is noted for it', () => {
    const devices = setupPair();
    const { a, b, exchange } = devices;
    const events = chainOf(a, 3);
    sign(a, devices, [bytesOf(a, events[0] as JsonObject)]);
    sign(a, devices, [bytesOf(a, events[1] as JsonObject), bytesOf(a, events[2] as JsonObject)]);
    exchange();
    expect(entriesOn(b)).toEqual(['1', '2', '3']);
    expect(b.disk.audit.head().count).toBe(0);
    expect(b.held()).toEqual([]);
  });

  const forgeries: readonly (readonly [string, (device: TestDevice, other: TestDevice) => Uint8Array, string])[] = [
    [
      'a foreign actor',
      (device, other) => bytesOf(device, auditEvent(device.keys.deviceId, 'x', { actorId: other.keys.deviceId })),
      'signature_invalid/audit_actor',
    ],
    [
      'the chain of another device',
      (device, other) => bytesOf(device, chainOf(other, 1)[0] as JsonObject),
      'signature_invalid/audit_actor',
    ],
    [
      'a hash of other content',
      (device) => {
        const event = auditEvent(device.keys.deviceId, 'x');
        return bytesOf(device, { ...event, outcome: 'deny' });
      },
      'signature_invalid/audit_hash',
    ],
    [
      'the id of an entry that is there',
      (device) => {
        const taken = entryChange(device.keys.deviceId, chainOf(device, 1)[0] as JsonObject).objectId as RecordId;
        return bytesOf(device, auditEvent(device.keys.deviceId, 'x'), { objectId: taken });
      },
      'signature_invalid/audit_hash',
    ],
    ['a gap', (device) => bytesOf(device, chainOf(device, 4)[3] as JsonObject), 'signature_invalid/audit_gap'],
    [
      'a second beginning',
      (device) => bytesOf(device, auditEvent(device.keys.deviceId, 'x')),
      'signature_invalid/audit_gap',
    ],
    [
      'an update',
      (device) =>
        bytesOf(device, chainOf(device, 1)[0] as JsonObject, {
          operation: 'patch',
          value: [{ op: 'replace', path: '/outcome', value: 'deny' }],
        }),
      'policy_denied/immutable_entry',
    ],
    [
      'a deletion',
      (device) => bytesOf(device, chainOf(device, 1)[0] as JsonObject, { operation: 'tombstone', value: null }),
      'policy_denied/immutable_entry',
    ],
    [
      'an entry in the name of its person',
      (device) => {
        const event = auditEvent(device.keys.deviceId, 'x', {
          previousEventHash: chainOf(device, 1)[0]?.['eventHash'] as string,
        });
        return bytesOf(device, event, { managedBy: 'user', authorId: 'urn:srcos:app:tasks' });
      },
      'signature_invalid/audit_actor',
    ],
  ];

  it.each(forgeries)('342 %s of a member is refused and noted, whatever is switched on', (_name, forge, reason) => {
    const devices = setupDevices(3);
    const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
    c.disabled.add(engine);
    sign(a, devices, [bytesOf(a, chainOf(a, 1)[0] as JsonObject)]);
    const forged = forge(a, b);
    sign(a, devices, [forged]);
    devices.exchange();
    for (const device of [b, c]) {
      expect(reported(device)).toEqual([reason]);
      expect(device.held()).toEqual([]);
      expect(device.disk.history.get(changeIdOf(a.keys.deviceId, forged))?.disposition).toBe('refused');
      expect(isAuditWhole(device)).toBe(true);
      const { steps, verdict } = device.replica.explain(changeIdOf(a.keys.deviceId, forged)) ?? {};
      expect(verdict?.verdict === 'reject' ? reasonText(verdict) : verdict).toBe(reason);
      expect(steps?.at(-1)?.step).toBe('audit_entry');
    }
    c.disabled.delete(engine);
    c.replica.rejudge(audit);
    expect(entriesOn(b)).toEqual(['1']);
    expect(entriesOn(c)).toEqual(['1']);
    expect(reported(c)).toEqual([reason]);
  });

  it('343 behind a gap the chain goes on: one entry is lost, and noted once', () => {
    const devices = setupPair();
    const { a, b, exchange } = devices;
    const events = chainOf(a, 5);
    for (const index of [0, 2, 3, 4]) {
      sign(a, devices, [bytesOf(a, events[index] as JsonObject)]);
    }
    exchange();
    expect(entriesOn(b)).toEqual(['1', '4', '5']);
    expect(reported(b)).toEqual(['signature_invalid/audit_gap']);
  });

  it('344 what stands behind a record of a later version waits for it', () => {
    const devices = setupPair();
    const { a, b, exchange } = devices;
    const [first, second, third] = chainOf(a, 3) as [JsonObject, JsonObject, JsonObject];
    sign(a, devices, [bytesOf(a, first)]);
    const later = Buffer.from(JSON.stringify({ ...JSON.parse(String(Buffer.from(bytesOf(a, second)))), later: 1 }));
    sign(a, devices, [new Uint8Array(Buffer.from(sorted(String(later))))]);
    sign(a, devices, [bytesOf(a, third)]);
    exchange();
    expect(entriesOn(b)).toEqual(['1']);
    expect(b.held().map(({ reasonCode, detail }) => `${reasonCode}/${detail}`)).toEqual(
      expect.arrayContaining(['signature_invalid/audit_gap']),
    );
    b.replica.rejudge(audit);
    expect(entriesOn(b)).toEqual(['1']);
  });

  it('1, 323 a store that fails at any step forgets which entry came last, and the next try works', () => {
    for (let step = 1, hasStruck = true; hasStruck; step++) {
      const devices = setupPair();
      const { a, b, profile } = devices;
      const [first, second, third] = chainOf(a, 3) as [JsonObject, JsonObject, JsonObject];
      sign(a, devices, [bytesOf(a, first)]);
      sign(a, devices, [bytesOf(a, second), bytesOf(a, auditEvent(a.keys.deviceId, 'x')), bytesOf(a, third)]);
      const batches = a.disk.log.after(profile, a.keys.deviceId, 0, Number.MAX_SAFE_INTEGER).map(({ bytes }) => bytes);
      const before = everythingOn(b);
      b.failing.arm(step);
      try {
        b.replica.receive(profile, batches);
      } catch {
        expect(everythingOn(b)).toEqual(before);
      }
      ({ hasStruck } = b.failing);
      b.failing.disarm();
      b.replica.receive(profile, batches);
      expect(entriesOn(b)).toEqual(['1', '2']);
      expect(reported(b)).toEqual(['signature_invalid/audit_gap', 'signature_invalid/audit_gap']);
    }
  });

  it('345 law: what is refused follows from the chain alone, whenever the engine is on and however it is delivered', () => {
    const step = fc.record({
      event: fc.integer({ min: 0, max: 7 }),
      wrong: fc.constantFrom('none', 'none', 'none', 'actor', 'hash', 'owner'),
      newBatch: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 10 }),
        fc.array(fc.boolean(), { maxLength: 12 }),
        (steps, cuts) => {
          const devices = setupDevices(3);
          const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
          const events = chainOf(a, 8);
          let records: Uint8Array[] = [];
          for (const { event, wrong, newBatch } of steps) {
            const chosen = events[event] as JsonObject;
            const fields: JsonObject =
              wrong === 'hash'
                ? { ...chosen, outcome: 'error' }
                : wrong === 'actor'
                  ? auditEvent(b.keys.deviceId, 'f')
                  : chosen;
            records.push(bytesOf(a, fields, wrong === 'owner' ? { managedBy: 'user' } : {}));
            if (newBatch) {
              sign(a, devices, records);
              records = [];
            }
          }
          if (records.length > 0) {
            sign(a, devices, records);
          }
          devices.send(a, b);
          const bytes = a.disk.log.after(devices.profile, a.keys.deviceId, 0, Number.MAX_SAFE_INTEGER);
          bytes.forEach((batch, index) => {
            c.disabled[cuts[index] === true ? 'add' : 'delete'](engine);
            c.replica.receive(devices.profile, [batch.bytes]);
          });
          c.disabled.delete(engine);
          c.restart();
          c.replica.rejudge(audit);
          expect(entriesOn(c)).toEqual(entriesOn(b));
          expect([...reported(c)].sort()).toEqual([...reported(b)].sort());
        },
      ),
      { numRuns: runs(40, 150) },
    );
  });
});

/** Canonical: members in order. */
function sorted(text: string): string {
  const value = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))));
}
