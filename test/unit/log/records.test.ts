import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/base/canonical-json.ts';
import { deviceIdFromBytes } from '../../../src/base/ids.ts';
import { type JsonObject, isJsonObject } from '../../../src/base/json.ts';
import { type Refusal, reasonText } from '../../../src/contract/verdict.ts';
import type { Result } from '../../../src/base/result.ts';
import { changeIdOf, decodeChange, encodeChange } from '../../../src/log/change.ts';
import { type BatchMeta, decodeMeta, encodeMeta } from '../../../src/log/meta.ts';
import { presentedLease, presentedRevocation } from '../../vectors/presented-lease.ts';
import { auditChain, checkpointOf, createWorld, exampleChange, exampleParent, fail, text } from './setup.ts';

const { scope, alice, bob } = createWorld();
const batchId = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const meta = {
  stamp: exampleChange().stamp,
  frontier: { [alice.deviceId]: [3, batchId] },
  audit: checkpointOf(bob, auditChain(bob.deviceId, 2)),
  scopes: [{ scopeId: scope.scopeId, kind: 'workspace', name: 'Team', root: null }],
} as unknown as BatchMeta;

const leased = presentedLease(alice, scope.scopeId, { collection: 'workspace', id: 'w', fields: {} });
const approval = { approvedAt: '2026-01-31T12:00:00.000Z' };
const revocation = presentedRevocation(alice, leased.lease);

function outcomeOf(result: Result<unknown, Refusal>): string {
  return result.ok ? 'ok' : `${result.error.verdict} ${reasonText(result.error)}`;
}

function appliedOf(devices: number): JsonObject {
  const bytes = (index: number): Uint8Array => new Uint8Array(32).fill(index & 255).fill(index >> 8, 0, 1);
  return Object.fromEntries(Array.from({ length: devices }, (_, index) => [deviceIdFromBytes(bytes(index)), 1]));
}

function objectOf(bytes: Uint8Array): JsonObject {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString());
  return isJsonObject(value) ? value : fail('object');
}

const malformed = 'reject schema_unknown/record_malformed';
const notCanonical = 'reject schema_unknown/not_canonical';
const newer = 'quarantine migration_required/record_malformed';

describe('change', () => {
  it('29 gives back what was encoded, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const change = exampleChange({ value: JSON.parse(JSON.stringify(value)) });
        expect(decodeChange(encodeChange(change))).toEqual({ ok: true, value: change });
      }),
    );
  });

  it('30 gives back a lease that it presents', () => {
    const change = exampleChange({ lease: { ...leased } });
    expect(decodeChange(encodeChange(change))).toEqual({ ok: true, value: change });
    const approved = exampleChange({ lease: { ...leased, approval } });
    expect(decodeChange(encodeChange(approved))).toEqual({ ok: true, value: approved });
  });

  it('32 has an identity that names its device', () => {
    const bytes = encodeChange(exampleChange());
    expect(changeIdOf(alice.deviceId, bytes)).not.toBe(changeIdOf(bob.deviceId, bytes));
    expect(changeIdOf(alice.deviceId, bytes)).toBe(changeIdOf(alice.deviceId, bytes.slice()));
  });

  const good = objectOf(encodeChange(exampleChange({ parents: [exampleParent()] })));
  const parent = exampleParent();

  it.each<[string, JsonObject, string]>([
    ['as encoded', good, 'ok'],
    ['member of a later version', { ...good, leaseId: 'x' }, newer],
    ['with a lease', { ...good, lease: leased }, 'ok'],
    ['with an approval', { ...good, lease: { ...leased, approval } }, 'ok'],
    ['an approval without a time', { ...good, lease: { ...leased, approval: {} } }, malformed],
    ['an approval at no time', { ...good, lease: { ...leased, approval: { approvedAt: 'now' } } }, malformed],
    ['an approval that says more', { ...good, lease: { ...leased, approval: { ...approval, by: 'x' } } }, newer],
    ['an approval that is null', { ...good, lease: { ...leased, approval: null } }, malformed],
    ['a lease without its use', { ...good, lease: { lease: leased.lease } }, malformed],
    ['a lease with a member of a later version', { ...good, lease: { ...leased, more: 1 } }, newer],
    ['a lease that is none', { ...good, lease: { ...leased, lease: { ...leased.lease, agentId: 1 } } }, malformed],
    ['a use that is none', { ...good, lease: { ...leased, use: { ...leased.use, nonce: '' } } }, malformed],
    ['a lease that is null', { ...good, lease: null }, malformed],
    ['unknown collection form', { ...good, collection: 'Not Valid' }, malformed],
    ['newline behind a collection', { ...good, collection: 'workspace\n' }, malformed],
    ['empty objectId', { ...good, objectId: '' }, malformed],
    ['control character in objectId', { ...good, objectId: 'a\u0000' }, malformed],
    ['unknown operation', { ...good, operation: 'merge' }, malformed],
    ['unknown manager', { ...good, managedBy: 'nobody' }, malformed],
    ['stamp', { ...good, stamp: 'now' }, malformed],
    ['stamp with a newline', { ...good, stamp: `${String(good['stamp'])}\n` }, malformed],
    ['schemaVersion', { ...good, schemaVersion: '1' }, malformed],
    ['schemaVersion with a leading zero', { ...good, schemaVersion: '01.0.0' }, malformed],
    ['author of another kind', { ...good, authorId: 'me' }, malformed],
    ['parents not a list', { ...good, parents: parent }, malformed],
    ['parent of a wrong size', { ...good, parents: ['AAAA'] }, malformed],
    ['parent twice', { ...good, parents: [parent, parent] }, malformed],
    ['parents out of order', { ...good, parents: [`B${parent.slice(1)}`, parent] }, malformed],
  ])('31 %s', (_name, object, outcome) => {
    expect(outcomeOf(decodeChange(canonicalBytes(object)))).toBe(outcome);
  });

  it.each([
    [
      'missing member',
      canonicalBytes(Object.fromEntries(Object.entries(good).filter(([name]) => name !== 'value'))),
      malformed,
    ],
    ['a list', text('[]'), malformed],
    ['nothing', text(''), notCanonical],
    ['§10.21 white space', text(JSON.stringify(good, null, 1)), notCanonical],
    ['§10.21 duplicate key', text('{"a":1,"a":1}'), notCanonical],
    ['§10.21 lone surrogate', text('{"a":"\\ud800"}'), notCanonical],
    ['invalid UTF-8', new Uint8Array([0x22, 0xff, 0x22]), notCanonical],
    ['depth 10,000', text('['.repeat(10_000)), notCanonical],
  ])('29 %s', (_name, bytes, outcome) => {
    expect(outcomeOf(decodeChange(bytes))).toBe(outcome);
  });
});

describe('meta record', () => {
  const good = objectOf(encodeMeta(meta));

  it('33 gives back what was encoded', () => {
    expect(decodeMeta(encodeMeta(meta))).toEqual({ ok: true, value: meta });
    const revoking = { ...meta, revocations: [revocation] };
    expect(decodeMeta(encodeMeta(revoking))).toEqual({ ok: true, value: revoking });
    const confirming = { ...revoking, applied: { [alice.deviceId]: 3 } };
    expect(decodeMeta(encodeMeta(confirming))).toEqual({ ok: true, value: confirming });
    const naming = { ...confirming, labels: { [alice.deviceId]: 'Desk' } };
    expect(decodeMeta(encodeMeta(naming))).toEqual({ ok: true, value: naming });
    const least = { ...meta, frontier: {}, audit: null, scopes: [] };
    expect(decodeMeta(encodeMeta(least))).toEqual({ ok: true, value: least });
  });

  const [scopeEntry = fail('scope')] = meta.scopes;
  const checkpoint = { ...checkpointOf(bob, auditChain(bob.deviceId, 2)) };
  const announced = { scopeId: scopeEntry.scopeId, kind: 'workspace', name: 'Team', root: null };

  it.each<[string, JsonObject, string]>([
    ['as encoded', good, 'ok'],
    ['member of a later version', { ...good, lease: 1 }, newer],
    ['with a revocation', { ...good, revocations: [revocation] }, 'ok'],
    ['no revocations', { ...good, revocations: [] }, malformed],
    ['revocations is an object', { ...good, revocations: revocation }, malformed],
    ['a revocation that is none', { ...good, revocations: [{ ...revocation, leaseId: 1 }] }, malformed],
    ['too many revocations', { ...good, revocations: Array.from({ length: 65 }, () => revocation) }, malformed],
    ['with what was applied', { ...good, applied: { [alice.deviceId]: 3 } }, 'ok'],
    ['applied of 512 devices', { ...good, applied: appliedOf(512) }, 'ok'],
    ['applied of 513 devices', { ...good, applied: appliedOf(513) }, malformed],
    ['applied of nobody', { ...good, applied: {} }, 'ok'],
    ['applied is a list', { ...good, applied: [] }, malformed],
    ['applied by no device', { ...good, applied: { someone: 3 } }, malformed],
    ['applied up to 0', { ...good, applied: { [alice.deviceId]: 0 } }, malformed],
    ['applied up to a text', { ...good, applied: { [alice.deviceId]: '3' } }, malformed],
    ['with a name', { ...good, labels: { [alice.deviceId]: 'Desk' } }, 'ok'],
    ['no names', { ...good, labels: {} }, malformed],
    ['names as a list', { ...good, labels: [] }, malformed],
    ['name of no device', { ...good, labels: { someone: 'Desk' } }, malformed],
    ['name that is no text', { ...good, labels: { [alice.deviceId]: 1 } }, malformed],
    ['name with space around it', { ...good, labels: { [alice.deviceId]: ' Desk' } }, malformed],
    ['name with a hidden character', { ...good, labels: { [alice.deviceId]: 'De\u200bsk' } }, malformed],
    ['name that is too long', { ...good, labels: { [alice.deviceId]: 'x'.repeat(128) } }, malformed],
    ['stamp', { ...good, stamp: 1 }, malformed],
    ['frontier of no device', { ...good, frontier: { someone: [1, batchId] } }, malformed],
    ['frontier is a list', { ...good, frontier: [] }, malformed],
    ['frontier at sequence 0', { ...good, frontier: { [alice.deviceId]: [0, batchId] } }, malformed],
    ['frontier without a batch', { ...good, frontier: { [alice.deviceId]: [1] } }, malformed],
    ['frontier point is no pair', { ...good, frontier: { [alice.deviceId]: 1 } }, malformed],
    ['fraction', { ...good, frontier: { [alice.deviceId]: [1.5, batchId] } }, notCanonical],
    ['audit checkpoint of no events', { ...good, audit: { ...checkpoint, n: 0 } }, malformed],
    ['audit checkpoint before 1970', { ...good, audit: { ...checkpoint, at: -1 } }, malformed],
    ['audit head of another form', { ...good, audit: { ...checkpoint, head: 'sha256:0' } }, malformed],
    ['audit head with a line end', { ...good, audit: { ...checkpoint, head: `${checkpoint.head}\n` } }, malformed],
    ['audit root too short', { ...good, audit: { ...checkpoint, root: 'AAAA' } }, malformed],
    ['audit signature too short', { ...good, audit: { ...checkpoint, signature: 'AAAA' } }, malformed],
    ['audit checkpoint with more members', { ...good, audit: { ...checkpoint, key: 'x' } }, malformed],
    ['audit checkpoint with fewer members', { ...good, audit: { n: 1 } }, malformed],
    ['audit is a text', { ...good, audit: 'none' }, malformed],
    ['scopes is no list', { ...good, scopes: {} }, malformed],
    ['scope of kind device', { ...good, scopes: [{ ...announced, kind: 'device' }] }, malformed],
    ['scope id', { ...good, scopes: [{ ...announced, scopeId: 'x' }] }, malformed],
    ['scope name too long', { ...good, scopes: [{ ...announced, name: 'x'.repeat(257) }] }, malformed],
    ['scope root too long', { ...good, scopes: [{ ...announced, root: 'x'.repeat(257) }] }, malformed],
    ['scope root is no base64url', { ...good, scopes: [{ ...announced, root: '=' }] }, malformed],
    ['scope with more members', { ...good, scopes: [{ ...announced, key: 'x' }] }, malformed],
    ['too many scopes', { ...good, scopes: Array.from({ length: 257 }, () => announced) }, malformed],
  ])('29, 31, 33 %s', (_name, object, outcome) => {
    expect(outcomeOf(decodeMeta(canonicalBytes(object)))).toBe(outcome);
  });
});
