import { describe, expect, it } from 'vitest';
import { batchIdFromBytes } from '../../../src/base/ids.ts';
import { createRevoke, createRole } from '../../../src/membership/log/create.ts';
import { appendEntry } from '../../../src/membership/log/scope-log.ts';
import {
  authorityGeneration,
  authorityOver,
  holdsAuthorityOver,
} from '../../../src/membership/parse/collection-authority.ts';
import type { Authority, Role, ScopeState } from '../../../src/membership/parse/state.ts';
import { seededBytes, valueOf } from './fixtures.ts';
import { admin, household, second, withWriter, writer } from './scope-log-world.ts';

/** The role and authorities of the writer from here on; up to this batch what it had still counts. */
function give(state: ScopeState, role: Role, authorities: readonly Authority[], cut: number | null): ScopeState {
  const { deviceId: subject } = writer;
  const batchId = cut === 0 ? null : batchIdFromBytes(new Uint8Array(32).fill(4));
  const cutAt = cut === null ? null : { sequence: cut, batchId };
  return valueOf(appendEntry(state, createRole({ state, signer: admin, subject, role, authorities, cut: cutAt })));
}

const held = (state: ScopeState, collection: string, logSequence: number, sequence = 1): boolean =>
  holdsAuthorityOver(state, writer.deviceId, collection, { logSequence, sequence });

describe('46 the authority over a collection', () => {
  it('is the one of its name, else that of administrators', () => {
    expect(['policy', 'agents', 'audit', 'clients'].map(authorityOver)).toEqual([
      'policy',
      'agents',
      'audit',
      'clients',
    ]);
    expect(['shell', 'workspace', 'lease'].map((name) => authorityOver(name))).toEqual([null, null, 'lease']);
    const state = give(withWriter, 'writer', ['policy'], null);
    const { sequence } = state;
    expect([held(state, 'policy', sequence), held(state, 'agents', sequence), held(state, 'shell', sequence)]).toEqual([
      true,
      false,
      false,
    ]);
    const promoted = give(state, 'admin', ['policy'], null);
    expect([held(promoted, 'shell', promoted.sequence), held(promoted, 'agents', promoted.sequence)]).toEqual([
      true,
      false,
    ]);
  });

  it('is held from the position at which it was given, and not past the cut with which it was taken', () => {
    const given = give(withWriter, 'writer', ['policy'], null);
    expect([held(given, 'policy', given.sequence - 1), held(given, 'policy', given.sequence)]).toEqual([false, true]);
    const taken = give(given, 'writer', [], 4);
    // An older position does not help past the cut.
    expect([4, 5].map((batch) => held(taken, 'policy', given.sequence, batch))).toEqual([true, false]);
    expect(held(taken, 'policy', taken.sequence, 4)).toBe(false);
  });
});

describe('47 the generation of an authority', () => {
  const generation = (state: ScopeState, position = state.sequence): number =>
    authorityGeneration(state, 'policy', position);

  it('counts from how many it was taken, by a grant without it or by a revocation', () => {
    const first = generation(withWriter);
    const given = give(withWriter, 'writer', ['policy'], null);
    const taken = give(given, 'writer', [], 0);
    const again = give(taken, 'writer', ['policy'], null);
    expect([given, taken, again].map((state) => generation(state))).toEqual([first, first + 1, first + 1]);
    expect(generation(again, given.sequence)).toBe(first);
    const revoked = valueOf(
      appendEntry(
        again,
        createRevoke({
          ...{ state: again, signer: admin, subject: writer.deviceId, cut: { sequence: 0, batchId: null } },
          ...{ epochKey: household.epochKey, newEpochKey: seededBytes(470)(32) },
        }),
      ),
    );
    expect(generation(revoked)).toBe(first + 2);
  });

  it('is not begun by giving it to one more, nor by taking what was no authority over it', () => {
    const first = generation(withWriter);
    const more = valueOf(
      appendEntry(
        withWriter,
        createRole({
          ...{ state: withWriter, signer: admin, subject: second.deviceId, role: 'admin' },
          ...{ authorities: ['policy'], cut: null },
        }),
      ),
    );
    expect(generation(more)).toBe(first);
    const other = give(give(more, 'writer', ['agents'], null), 'reader', [], 0);
    expect([generation(other), authorityGeneration(other, 'agents', other.sequence)]).toEqual([first, 1]);
  });
});
