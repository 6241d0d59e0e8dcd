import { describe, expect, it } from 'vitest';
import { type BatchAdmission, admitBatch } from '../../../src/admission/admit-batch.ts';
import { batchSteps } from '../../../src/admission/steps.ts';
import { traceBatch } from '../../../src/admission/trace.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { encodeChange } from '../../../src/log/change.ts';
import { change, metaBytes, seal, sealNext, view } from './world.ts';
import { first, flipped, readerScope, refusals, revoked, scope } from './admit-batch-cases.ts';

function refusalOf(admission: BatchAdmission): Extract<BatchAdmission, { kind: 'refused' }> {
  expect(admission.kind).toBe('refused');
  return admission as Extract<BatchAdmission, { kind: 'refused' }>;
}

describe('admitBatch', () => {
  it('opens an honest batch: meta apart, changes in order', () => {
    const records = ['a', 'b', 'c'].map((name) => encodeChange(change({ value: { kind: name } })));
    const admission = admitBatch(seal(scope, { records: [metaBytes, ...records] }).bytes, view(scope));
    expect(admission).toMatchObject({ kind: 'opened', meta: { audit: null }, batch: { header: { sequence: 1 } } });
    expect(admission.kind === 'opened' && admission.records.map((bytes) => [...bytes])).toEqual(
      records.map((bytes) => [...bytes]),
    );
  });

  it('opens a heartbeat of a reader, without changes', () => {
    const beat = seal(readerScope, { kind: 'heartbeat', records: [metaBytes] });
    expect(admitBatch(beat.bytes, view(readerScope))).toMatchObject({ kind: 'opened', records: [] });
  });

  it('goes on with the chain', () => {
    expect(admitBatch(sealNext(scope, first).bytes, view(scope, [first])).kind).toBe('opened');
  });

  it.each(refusals)(
    '$title: $verdict $reason',
    ({ bytes, view: asked = view(scope), verdict, reason, step, chainAdvances }) => {
      const admission = refusalOf(admitBatch(bytes, asked));
      expect({ verdict: admission.refusal.verdict, reason: reasonText(admission.refusal) }).toEqual({
        verdict,
        reason,
      });
      expect(admission.step).toBe(step);
      expect(admission.chainAdvances).toBe(chainAdvances ?? false);
    },
  );

  it('§10.12 replay: duplicate, no effect', () => {
    const second = sealNext(scope, first);
    expect(admitBatch(first.bytes, view(scope, [first])).kind).toBe('duplicate');
    expect(admitBatch(first.bytes, view(scope, [first, second])).kind).toBe('duplicate');
  });

  it('§10.15 the batches up to the cut still count', () => {
    expect(admitBatch(first.bytes, view(revoked)).kind).toBe('opened');
  });

  it('§10.6 one flipped bit in any byte, wherever it is: refused', () => {
    for (let offset = 0; offset < first.bytes.length; offset++) {
      expect(admitBatch(flipped(first.bytes, offset, 1 << (offset % 8)), view(scope)).kind, `byte ${offset}`).toBe(
        'refused',
      );
    }
  });

  it('3 nothing unverified asks for a key', () => {
    const asked: number[] = [];
    const epochKeyWatched = (epoch: number): undefined => void asked.push(epoch);
    for (const each of refusals.filter(({ step }) => !['key', 'open', 'meta'].includes(step))) {
      admitBatch(each.bytes, { ...(each.view ?? view(scope)), epochKey: epochKeyWatched });
    }
    expect(asked).toEqual([]);
    admitBatch(first.bytes, { ...view(scope), epochKey: epochKeyWatched });
    expect(asked).toEqual([1]);
  });
});

describe('traceBatch', () => {
  it.each(refusals)(
    '$title: ends at $step with the same answer',
    ({ bytes, view: asked = view(scope), verdict, reason, step }) => {
      const trace = traceBatch(bytes, asked);
      expect(trace.at(-1)?.step).toBe(step);
      expect(trace.at(-1)?.answer).toContain(`${verdict} ${reason}: `);
      expect(trace.slice(0, -1).every(({ answer }) => answer === 'yes')).toBe(true);
    },
  );

  it('1 an admitted batch answers every step, a duplicate ends at the chain', () => {
    expect(traceBatch(first.bytes, view(scope)).map(({ step }) => step)).toEqual(batchSteps.map(({ name }) => name));
    expect(traceBatch(first.bytes, view(scope, [first])).at(-1)).toMatchObject({ step: 'chain' });
  });
});
