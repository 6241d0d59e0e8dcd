import { describe, expect, it } from 'vitest';
import { admitBatch } from '../../../src/admission/admit-batch.ts';
import { admitChange } from '../../../src/admission/admit-change.ts';
import { traceChange } from '../../../src/admission/trace.ts';
import { equalBytes } from '../../../src/base/bytes.ts';
import { encodeChange } from '../../../src/log/change.ts';
import { mutate, seededIntegers } from '../../helpers/mutate.ts';
import { change, context, createScope, forge, seal, view } from './world.ts';

const scope = createScope();
const sealed = seal(scope).bytes;
const record = encodeChange(change());
const inProfile = context({ scope });

// What strangers can do to a batch or a record is tried in test/unit/fuzz.
describe('2 bad input of an enrolled device', () => {
  it('a ciphertext that it mutates and signs again is refused after the chain, which goes on', () => {
    const pick = seededIntegers(1);
    const ciphertext = sealed.subarray(316);
    for (let run = 0; run < 1_000; run++) {
      const mutated = mutate(ciphertext, pick);
      if (!equalBytes(mutated, ciphertext)) {
        expect(admitBatch(forge(sealed, { ciphertext: mutated }), view(scope))).toMatchObject({
          kind: 'refused',
          step: 'open',
          chainAdvances: true,
        });
      }
    }
  });

  it('a mutated record is explained as it was judged', () => {
    const pick = seededIntegers(2);
    const steps = new Set<string>();
    for (let run = 0; run < 4_000; run++) {
      const bytes = mutate(record, pick);
      const admission = admitChange(bytes, inProfile);
      if (admission.kind === 'refused') {
        steps.add(admission.step);
        expect(traceChange(bytes, inProfile).at(-1)?.step).toBe(admission.step);
      }
    }
    expect(steps.has('record')).toBe(true);
  });
});
