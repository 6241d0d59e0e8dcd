import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitBatch } from '../../../src/admission/admit-batch.ts';
import { admitChange } from '../../../src/admission/admit-change.ts';
import { traceBatch, traceChange } from '../../../src/admission/trace.ts';
import { equalBytes } from '../../../src/base/bytes.ts';
import { reasonCodes } from '../../../src/contract/reasons.ts';
import { encodeChange } from '../../../src/log/change.ts';
import { change, context, createScope, forge, seal, view } from './world.ts';

const scope = createScope();
const sealed = seal(scope).bytes;
const record = encodeChange(change());
const inProfile = context({ scope });

/** One mutation of an object: a changed byte, a cut, an insertion, a piece copied over another. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), value: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), value: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), value: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('copy' as const), at: fc.nat(), value: fc.nat({ max: 255 }) }),
);

function mutate(bytes: Uint8Array, mutations: readonly { kind: string; at: number; value: number }[]): Uint8Array {
  let mutated = bytes.slice();
  for (const { kind, at, value } of mutations) {
    const offset = mutated.length === 0 ? 0 : at % mutated.length;
    if (kind === 'flip' && mutated.length > 0) {
      mutated[offset] = (mutated[offset] as number) ^ value;
    } else if (kind === 'cut') {
      mutated = new Uint8Array([...mutated.subarray(0, offset), ...mutated.subarray(offset + value)]);
    } else if (kind === 'insert') {
      mutated = new Uint8Array([...mutated.subarray(0, offset), value, ...mutated.subarray(offset)]);
    } else {
      mutated.copyWithin(offset, value, value + 8);
    }
  }
  return mutated;
}

describe('bad input', () => {
  it('a mutated batch is never opened, never throws, and its trace ends where admission did', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const bytes = mutate(sealed, mutations);
        fc.pre(!equalBytes(bytes, sealed));
        const admission = admitBatch(bytes, view(scope));
        expect(admission.kind).toBe('refused');
        if (admission.kind === 'refused') {
          expect(reasonCodes).toContain(admission.refusal.reasonCode);
          expect(traceBatch(bytes, view(scope)).at(-1)?.step).toBe(admission.step);
        }
      }),
      { numRuns: 4_000 },
    );
  });

  it('arbitrary bytes are never opened and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        expect(admitBatch(bytes, view(scope)).kind).toBe('refused');
      }),
      { numRuns: 2_000 },
    );
  });

  it('a ciphertext that an enrolled device mutates and signs again is refused after the chain, which goes on', () => {
    const ciphertext = sealed.subarray(316);
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const mutated = mutate(ciphertext, mutations);
        fc.pre(!equalBytes(mutated, ciphertext));
        expect(admitBatch(forge(sealed, { ciphertext: mutated }), view(scope))).toMatchObject({
          kind: 'refused',
          step: 'open',
          chainAdvances: true,
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it('a mutated record is judged without throwing; what is admitted is another, valid change', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const bytes = mutate(record, mutations);
        const admission = admitChange(bytes, inProfile);
        if (admission.kind === 'admitted') {
          expect(equalBytes(encodeChange(admission.change), bytes)).toBe(true);
        } else {
          expect(traceChange(bytes, inProfile).at(-1)?.step).toBe(admission.step);
        }
      }),
      { numRuns: 4_000 },
    );
  });

  it('any JSON as a record is judged without throwing', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(admitChange(new TextEncoder().encode(text), inProfile).kind).toBe('refused');
      }),
      { numRuns: 1_000 },
    );
  });
});
