import { describe, expect, it } from 'vitest';
import { batchIdFromBytes } from '../../../src/base/ids.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import {
  createGenesis,
  createResolve,
  createRevoke,
  createRole,
  createRotate,
} from '../../../src/membership/log/create.ts';
import { maximumEntryBytes } from '../../../src/membership/parse/entry.ts';
import { comparePin } from '../../../src/membership/parse/pin.ts';
import { adoptResolution, appendEntry, foldScope } from '../../../src/membership/log/scope-log.ts';
import { activeMembers, epochAt, headOf, standingAt } from '../../../src/membership/parse/standing.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import {
  addOf,
  createWorld,
  deviceFrom,
  expectRefused,
  positionAfter,
  publicKeysOf,
  rootFrom,
  seededBytes,
  signedBy,
  valueOf,
} from './fixtures.ts';
import {
  addSecond,
  addWriter,
  admin,
  afterRevoke,
  genesis,
  household,
  keysOf,
  newcomer,
  root,
  second,
  withWriter,
  writer,
} from './scope-log-world.ts';

describe('appendEntry: role', () => {
  const cut = { sequence: 4, batchId: batchIdFromBytes(new Uint8Array(32).fill(4)) };
  const give = { state: withWriter, signer: admin, subject: writer.deviceId } as const;

  it('gives a role and authorities from its position on', () => {
    const state = valueOf(
      appendEntry(withWriter, createRole({ ...give, role: 'admin', authorities: ['policy', 'lease'], cut: null })),
    );
    expect(state.members.get(writer.deviceId)).toMatchObject({ role: 'admin', authorities: ['lease', 'policy'] });
    expect(standingAt(state, writer.deviceId, 2, 1)).toMatchObject({ role: 'writer', authorities: [] });
    expect(standingAt(state, writer.deviceId, 3, 1)).toMatchObject({ role: 'admin', authorities: ['lease', 'policy'] });
  });

  it('7a what is taken away holds for every batch past the cut, also for one that names an older position', () => {
    const lower = createRole({ ...give, role: 'reader', authorities: [], cut });
    const state = valueOf(appendEntry(withWriter, lower));
    expect(standingAt(state, writer.deviceId, 2, 4)?.role).toBe('writer');
    expect(standingAt(state, writer.deviceId, 2, 5)?.role).toBe('reader');
    expect(standingAt(state, writer.deviceId, 3, 3)?.role).toBe('reader');
  });

  it('an authority that is taken away is gone past the cut, the role stays', () => {
    const first = createRole({ ...give, role: 'writer', authorities: ['lease', 'policy'], cut: null });
    const given = valueOf(appendEntry(withWriter, first));
    const second = createRole({ ...give, state: given, role: 'writer', authorities: ['lease'], cut });
    const state = valueOf(appendEntry(given, second));
    expect(standingAt(state, writer.deviceId, 3, 4)?.authorities).toEqual(['lease', 'policy']);
    expect(standingAt(state, writer.deviceId, 3, 5)).toMatchObject({ role: 'writer', authorities: ['lease'] });
  });

  it('7a names a cut exactly where something is taken away', () => {
    const without = createRole({ ...give, role: 'reader', authorities: [], cut: null });
    expectRefused(appendEntry(withWriter, without), 'policy_denied/role_cut');
    const needless = createRole({ ...give, role: 'admin', authorities: [], cut });
    expectRefused(appendEntry(withWriter, needless), 'policy_denied/role_cut');
  });

  it("§10.23 never one's own, never by a writer: policy_denied", () => {
    const own = createRole({ ...give, subject: admin.deviceId, role: 'admin', authorities: [], cut: null });
    expectRefused(appendEntry(withWriter, own), 'policy_denied/self_upgrade');
    const byWriter = createRole({ ...give, signer: writer, role: 'admin', authorities: [], cut: null });
    expectRefused(appendEntry(withWriter, byWriter), 'policy_denied/role_insufficient');
  });

  it('the root may give a role: whoever lost the last administrator has the words', () => {
    const bytes = createRole({ ...give, signer: root, role: 'admin', authorities: [], cut: null });
    expect(valueOf(appendEntry(withWriter, bytes)).members.get(writer.deviceId)?.role).toBe('admin');
  });

  it('an administrator that was set back signs nothing more', () => {
    const lower = createRole({ ...give, subject: second.deviceId, role: 'writer', authorities: [], cut });
    const state = valueOf(appendEntry(withWriter, lower));
    const add = addOf({ world: household, state, device: newcomer, signer: second });
    expectRefused(appendEntry(state, add), 'policy_denied/role_insufficient');
  });

  it('refuses a subject that is unknown or revoked', () => {
    const unknown = createRole({ ...give, subject: newcomer.deviceId, role: 'admin', authorities: [], cut: null });
    expectRefused(appendEntry(withWriter, unknown), 'policy_denied/device_unknown');
    const late = createRole({ ...give, state: afterRevoke, role: 'admin', authorities: [], cut: null });
    expectRefused(appendEntry(afterRevoke, late), 'policy_denied/device_revoked');
  });
});

describe('appendEntry: suite', () => {
  it('7b §10.24 suite lowered: policy_denied', () => {
    const entry = signedBy(admin, { t: 'suite', ...positionAfter(withWriter, admin), minimum: 1 });
    expectRefused(appendEntry(withWriter, entry), 'policy_denied/suite_lowered');
  });

  it('7b a suite that this version does not know: migration_required, bytes kept', () => {
    const entry = signedBy(admin, { t: 'suite', ...positionAfter(withWriter, admin), minimum: 2 });
    const result = appendEntry(withWriter, entry);
    expectRefused(result, 'migration_required/suite_unknown');
    expect(result.ok ? '' : result.error.verdict).toBe('quarantine');
  });
});

describe('appendEntry: resolve', () => {
  const third = addOf({ world: household, state: withWriter, device: newcomer });
  const other = createRotate({ state: withWriter, signer: second, ...keysOf(household) });
  const kept = valueOf(appendEntry(withWriter, third));
  const lost = valueOf(appendEntry(withWriter, other));
  const resolve = createResolve({ state: kept, root, drop: [headOf(lost)] });

  it('two entries at one position stop the log on both sides', () => {
    expectRefused(appendEntry(kept, other), 'relay_untrusted/log_fork');
    expectRefused(appendEntry(lost, third), 'relay_untrusted/log_fork');
  });

  it('the side that was kept goes on, and the dropped entry is no alarm any more', () => {
    const state = valueOf(appendEntry(kept, resolve));
    expect(state.sequence).toBe(4);
    expectRefused(appendEntry(state, other), 'policy_denied/entry_dropped');
  });

  it('7c the side that was dropped takes the whole log over', () => {
    const entries = [genesis, addSecond, addWriter, third, resolve];
    expect(valueOf(adoptResolution(lost, entries))).toEqual(valueOf(foldScope(entries)));
    expect(valueOf(adoptResolution(kept, entries))).toEqual(valueOf(foldScope(entries)));
  });

  it('7c nothing is taken over without the decision of the root', () => {
    expectRefused(adoptResolution(lost, [genesis, addSecond, addWriter, third]), 'relay_untrusted/log_fork');
    expectRefused(adoptResolution(lost, [genesis, addSecond, addWriter]), 'relay_untrusted/log_rollback');
    expectRefused(adoptResolution(lost, [household.genesis, third]), 'relay_untrusted/gap');
    const elsewhere = createResolve({ state: kept, root, drop: [new Uint8Array(32)] });
    expectRefused(adoptResolution(lost, [genesis, addSecond, addWriter, third, elsewhere]), 'relay_untrusted/log_fork');
  });

  it("§10.23 is the root's alone: policy_denied", () => {
    const byAdmin = { t: 'resolve', ...positionAfter(kept, admin), keep: headOf(kept), drop: [headOf(lost)] } as const;
    expectRefused(appendEntry(kept, signedBy(admin, byAdmin)), 'policy_denied/role_insufficient');
  });

  it('keeps what it continues, and never drops an entry of its own log', () => {
    const position = positionAfter(kept, 'root');
    const foreign = signedBy(root, { t: 'resolve', ...position, keep: headOf(lost), drop: [headOf(withWriter)] });
    expectRefused(appendEntry(kept, foreign), 'policy_denied/log_fork');
    const own = signedBy(root, { t: 'resolve', ...position, keep: headOf(kept), drop: [headOf(withWriter)] });
    expectRefused(appendEntry(kept, own), 'policy_denied/log_fork');
  });
});

describe('standing and epochs by position', () => {
  it('knows a device from its entry on', () => {
    expect(standingAt(afterRevoke, writer.deviceId, 1, 1)).toBeUndefined();
    expect(standingAt(afterRevoke, newcomer.deviceId, 3, 1)).toBeUndefined();
    expect(standingAt(afterRevoke, admin.deviceId, 0, 1)).toMatchObject({ role: 'admin', revoked: null });
  });

  it('12 §10.15 tells the cut of a revoked device at every position, so that backdating does not help', () => {
    expect(standingAt(afterRevoke, writer.deviceId, 2, 1)?.revoked).toEqual({
      at: 3,
      cut: { sequence: 0, batchId: null },
    });
  });

  it('§10.25 gives the epoch in force at each position', () => {
    expect([0, 1, 2, 3].map((position) => epochAt(afterRevoke, position).epoch)).toEqual([1, 1, 1, 2]);
  });
});

describe('comparePin', () => {
  const pin = { sequence: 2, head: headOf(withWriter) };

  it('accepts the same log, and a longer one', () => {
    expect([withWriter, afterRevoke].map((state) => comparePin(state, pin).verdict)).toEqual(['accept', 'accept']);
  });

  it('11 §10.18 a log rolled back against the pin: relay_untrusted/log_rollback', () => {
    expect(reasonOf(comparePin(household.states[1], pin))).toBe('relay_untrusted/log_rollback');
  });

  it('11 §10.17 a log forked below the pin: relay_untrusted/log_fork', () => {
    const entry = addOf({ world: household, state: household.states[1], device: newcomer });
    const fork = valueOf(appendEntry(household.states[1], entry));
    expect(reasonOf(comparePin(fork, pin))).toBe('relay_untrusted/log_fork');
  });
});

describe('bounds', () => {
  it('9 a scope takes 512 devices and no more; the entry that revokes one of them still fits', () => {
    const world = createWorld(50);
    let state: ScopeState = world.state;
    const entries = [world.genesis];
    for (let index = 1; index < 512; index++) {
      const entry = addOf({ world, state, device: deviceFrom(100_000 + index) });
      state = valueOf(appendEntry(state, entry));
      entries.push(entry);
    }
    expect(valueOf(foldScope(entries))).toEqual(state);
    expect(activeMembers(state)).toHaveLength(512);
    const last = addOf({ world, state, device: newcomer });
    expectRefused(appendEntry(state, last), 'policy_denied/too_many');
    const subject = deviceFrom(100_001).deviceId;
    const entry = createRevoke({
      ...{ state, signer: world.admin, subject, epochKey: world.epochKey, newEpochKey: new Uint8Array(32).fill(3) },
      cut: { sequence: Number.MAX_SAFE_INTEGER, batchId: batchIdFromBytes(new Uint8Array(32)) },
    });
    expect(entry.length).toBeLessThan(maximumEntryBytes);
    const after = valueOf(appendEntry(state, entry));
    expect(activeMembers(after)).toHaveLength(511);
    const replacement = addOf({ world, state: after, device: newcomer, epochKey: new Uint8Array(32).fill(3) });
    expect(activeMembers(valueOf(appendEntry(after, replacement)))).toHaveLength(512);
  });

  it('refuses to make a genesis larger than an entry may be', () => {
    const many = Array.from({ length: 500 }, (_, index) => {
      const device = deviceFrom(100_001 + index);
      return {
        deviceId: device.deviceId,
        keys: publicKeysOf(device),
        role: 'admin',
        authorities: [],
        label: 'x',
      } as const;
    });
    expect(() =>
      createGenesis({
        ...{ kind: 'profile', root: rootFrom(60), userId: rootFrom(60).userId, devices: many },
        ...{ epochKey: new Uint8Array(32), nonce: seededBytes(1)(32), historyForNew: true },
      }),
    ).toThrow('fewer devices');
  });
});

function reasonOf(verdict: ReturnType<typeof comparePin>): string {
  return verdict.verdict === 'accept' || verdict.verdict === 'duplicate' ? verdict.verdict : reasonText(verdict);
}
