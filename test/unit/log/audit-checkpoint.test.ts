import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../../src/contract/verdict.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import type { AuditRow } from '../../../src/contract/audit.ts';
import {
  type AuditCheckpoint,
  checkpointFromJson,
  checkpointJson,
  isCheckpointSigned,
  verifyCheckpoints,
  witnessFault,
} from '../../../src/log/audit-checkpoint.ts';
import { auditChain, checkpointOf, createWorld, exampleFacts, fail } from './setup.ts';

const { alice, bob } = createWorld();
const events = auditChain(bob.deviceId, 9);
const rewritten = auditChain(bob.deviceId, 9, { ...exampleFacts, outcome: 'deny' });
const stored = { count: 9, head: events[8]?.eventHash ?? fail('head') };
const checkpoint = checkpointOf(bob, events.slice(0, 6));
const earlier = checkpointOf(bob, events.slice(0, 3));

function outcomeOf(rows: readonly AuditRow[], checkpoints: readonly AuditCheckpoint[], end = stored): string {
  const verified = verifyCheckpoints(rows, end, checkpoints);
  return verified.ok ? `${verified.value.count} events` : reasonText(verified.error);
}

describe('a checkpoint', () => {
  it('is signed by its device over all of its members', () => {
    const signKey = bob.sign.publicKey;
    expect(isCheckpointSigned(checkpoint, signKey)).toBe(true);
    expect(isCheckpointSigned(checkpoint, alice.sign.publicKey)).toBe(false);
    const changes: readonly Partial<AuditCheckpoint>[] = [
      { n: 7 },
      { at: 0 },
      { root: earlier.root },
      { head: earlier.head },
      { signature: earlier.signature },
      { signature: '' },
      { signature: '=' },
    ];
    expect(changes.filter((change) => isCheckpointSigned({ ...checkpoint, ...change }, signKey))).toEqual([]);
  });

  it('has one JSON', () => {
    expect(checkpointFromJson(checkpointJson(checkpoint))).toEqual(checkpoint);
    expect(checkpointFromJson({ ...checkpointJson(checkpoint), more: 1 })).toBeUndefined();
    expect(checkpointFromJson(undefined)).toBeUndefined();
  });
});

describe('42 a chain is held against its own checkpoints', () => {
  it('41 one that passes through all of them is whole', () => {
    expect(outcomeOf(events, [])).toBe('9 events');
    expect(outcomeOf(events, [earlier, checkpoint])).toBe('9 events');
    expect(outcomeOf(events, [checkpointOf(bob, events)])).toBe('9 events');
    expect(outcomeOf([], [], { count: 0, head: '' })).toBe('0 events');
  });

  it('41 an event that was edited: audit_hash', () => {
    const [one = fail('event'), ...rest] = events;
    expect(outcomeOf([{ ...one, outcome: 'deny' }, ...rest], [checkpoint])).toBe('signature_invalid/audit_hash');
    expect(outcomeOf([one, 'damaged', ...rest.slice(1)], [checkpoint])).toBe('signature_invalid/audit_hash');
  });

  it('41 behind what was lost the signed heads still hold', () => {
    const holed: readonly AuditRow[] = [...events.slice(0, 2), 'lost', ...events.slice(3)];
    expect(outcomeOf(holed, [checkpoint])).toBe('9 events');
    const other = { ...checkpoint, head: earlier.head };
    expect(outcomeOf(holed, [other])).toBe('signature_invalid/audit_fork');
  });

  it('41 an event that was deleted in the middle: audit_gap', () => {
    expect(outcomeOf([...events.slice(0, 2), ...events.slice(3)], [checkpoint])).toBe('signature_invalid/audit_gap');
    const holed: readonly AuditRow[] = [...events.slice(0, 2), 'missing', 'missing', ...events.slice(4)];
    expect(outcomeOf(holed, [checkpoint])).toBe('signature_invalid/audit_gap');
  });

  it('41 an end that was cut off: audit_truncated, even where the store agrees', () => {
    expect(outcomeOf([...events.slice(0, 7), 'missing', 'missing'], [checkpoint])).toBe(
      'signature_invalid/audit_truncated',
    );
    const four = { count: 4, head: events[3]?.eventHash ?? fail('head') };
    expect(outcomeOf(events.slice(0, 4), [], four)).toBe('4 events');
    expect(outcomeOf(events.slice(0, 4), [earlier, checkpoint], four)).toBe('signature_invalid/audit_truncated');
  });

  it('41 one that was rewritten whole: audit_fork, even where the store agrees', () => {
    const end = { count: 9, head: rewritten[8]?.eventHash ?? fail('head') };
    expect(outcomeOf(rewritten, [], end)).toBe('9 events');
    expect(outcomeOf(rewritten, [checkpoint], end)).toBe('signature_invalid/audit_fork');
    const four = { count: 4, head: rewritten[3]?.eventHash ?? fail('head') };
    expect(outcomeOf(rewritten.slice(0, 4), [earlier, checkpoint], four)).toBe('signature_invalid/audit_fork');
  });

  it('41 a checkpoint over another tree than that of its head: audit_fork', () => {
    expect(outcomeOf(events, [{ ...checkpoint, root: earlier.root }])).toBe('signature_invalid/audit_fork');
  });
});

describe('43 a checkpoint that a peer witnesses', () => {
  const faultOf = (
    one: AuditCheckpoint,
    held: readonly AuditCheckpoint[],
    before: AuditCheckpoint | undefined = held.at(-1),
  ): string => textOf(witnessFault(one, bob.sign.publicKey, held, before));

  function textOf(fault: Refusal | undefined): string {
    return fault === undefined ? 'kept' : reasonText(fault);
  }

  it('41 is kept when it is the first, the same again, or goes on', () => {
    expect(faultOf(checkpoint, [])).toBe('kept');
    expect(faultOf(checkpoint, [checkpoint])).toBe('kept');
    expect(faultOf(checkpoint, [earlier])).toBe('kept');
    expect(faultOf(checkpointOf(bob, events.slice(0, 6), 5), [checkpoint])).toBe('kept');
  });

  it('41 of another chain of the same length: audit_fork, in whatever scope', () => {
    const other = checkpointOf(bob, rewritten.slice(0, 6));
    expect(faultOf(other, [checkpoint])).toBe('signature_invalid/audit_fork');
    expect(witnessFault(other, bob.sign.publicKey, [checkpoint], undefined)?.detail).toBe('audit_fork');
  });

  it('41 that goes back in one scope: audit_truncated; in another scope it is only late', () => {
    expect(faultOf(earlier, [checkpoint])).toBe('signature_invalid/audit_truncated');
    expect(witnessFault(earlier, bob.sign.publicKey, [checkpoint], undefined)).toBeUndefined();
  });

  it('41 of another signer: signature', () => {
    expect(faultOf(checkpointOf(alice, events), [])).toBe('signature_invalid/signature');
  });
});
