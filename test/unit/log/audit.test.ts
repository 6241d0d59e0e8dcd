import { describe, expect, it } from 'vitest';
import type { AuditEvent, AuditRow } from '../../../src/contract/audit.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { type AuditHead, auditHash, verifyAuditChain } from '../../../src/log/audit.ts';
import { auditChain, createWorld, exampleFacts, fail } from './setup.ts';

const { bob } = createWorld();
const events = auditChain(bob.deviceId, 5);
const [one = fail('1'), two = fail('2'), three = fail('3'), four = fail('4'), five = fail('5')] = events;
const head: AuditHead = { count: 5, head: five.eventHash };

function outcomeOf(chain: readonly AuditRow[], expected?: AuditHead): string {
  const verified = verifyAuditChain(chain, expected);
  return verified.ok ? `${verified.value.count} events` : reasonText(verified.error);
}

describe('audit chain', () => {
  it('35 is verified from its first event, against any head it passed through', () => {
    expect(outcomeOf(events)).toBe('5 events');
    expect(outcomeOf(events, head)).toBe('5 events');
    expect(outcomeOf(events, { count: 2, head: two.eventHash })).toBe('5 events');
    expect(outcomeOf(events, { count: 0, head: null })).toBe('5 events');
    expect(outcomeOf([])).toBe('0 events');
    expect(one.previousEventHash).toBeUndefined();
    expect(two.previousEventHash).toBe(one.eventHash);
  });

  it('34 hashes all but eventHash and signature', () => {
    expect(auditHash({ ...one, signature: 'srcos-b1:x' } as AuditEvent)).toBe(one.eventHash);
    expect(one.eventHash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('§10.41 a row edited', () => {
    const edits: Partial<AuditEvent>[] = [
      { outcome: 'deny' },
      { occurredAt: '2020-01-01T00:00:00.000Z' },
      { details: {} },
      { eventHash: four.eventHash },
      { actorId: 'urn:srcos:user:another' },
    ];
    for (const edit of edits) {
      expect(outcomeOf([one, two, { ...three, ...edit }, four, five])).toBe('signature_invalid/audit_hash');
    }
    expect(outcomeOf([one, 'damaged', three])).toBe('signature_invalid/audit_hash');
    expect(outcomeOf([{ ...one, actorId: '\ud800' }])).toBe('signature_invalid/audit_hash');
  });

  it('35b behind rows that are known as lost the chain goes on as it stands, and no other way', () => {
    expect(outcomeOf(['lost', two, three], { count: 3, head: three.eventHash })).toBe('3 events');
    expect(outcomeOf([one, 'lost', 'lost', four, five], head)).toBe('5 events');
    expect(outcomeOf([one, 'lost', three, five])).toBe('signature_invalid/audit_gap');
    expect(outcomeOf([one, 'lost', { ...three, outcome: 'deny' }])).toBe('signature_invalid/audit_hash');
    expect(outcomeOf([one, 'lost', three, four, five], { count: 4, head: five.eventHash })).toBe(
      'signature_invalid/audit_fork',
    );
    const half = verifyAuditChain([one, 'lost']);
    expect(half.ok && verifyAuditChain([three, four, five], head, half.value).ok).toBe(true);
  });

  it('§10.41 a row deleted, moved or repeated', () => {
    expect(outcomeOf([one, two, four, five])).toBe('signature_invalid/audit_gap');
    expect(outcomeOf([two, three])).toBe('signature_invalid/audit_gap');
    expect(outcomeOf([one, three, two])).toBe('signature_invalid/audit_gap');
    expect(outcomeOf([one, two, two])).toBe('signature_invalid/audit_gap');
    expect(outcomeOf([one, one])).toBe('signature_invalid/audit_gap');
  });

  it('§10.41 truncated', () => {
    expect(outcomeOf([one, two, three], head)).toBe('signature_invalid/audit_truncated');
    expect(outcomeOf([], head)).toBe('signature_invalid/audit_truncated');
  });

  it('§10.41 rewritten whole', () => {
    const rewritten = auditChain(bob.deviceId, 6, { ...exampleFacts, outcome: 'deny' });
    expect(outcomeOf(rewritten)).toBe('6 events');
    expect(outcomeOf(rewritten, head)).toBe('signature_invalid/audit_fork');
  });
});
