import { describe, expect, it } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import type { RotationBody } from '../../../src/api/types/membership.ts';
import type { ScopeId } from '../../../src/base/ids.ts';
import type { Result } from '../../../src/base/result.ts';
import { createMembershipHost } from '../../../src/daemon/members/membership-host.ts';
import { epochLifetimeMs } from '../../../src/daemon/keys/old-keys.ts';
import { findDevice } from '../../../src/daemon/members/find-device.ts';
import { beginningsOf } from '../../../src/daemon/members/names-taken.ts';
import { createPendingRotations } from '../../../src/daemon/members/pending-rotations.ts';
import type { RelayHost } from '../../../src/daemon/relays/relay-host.ts';
import { stateOf } from '../../helpers/crafted-batch.ts';
import { startMs } from '../../helpers/household.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

type Append = RelayHost['appendEntry'];

/** A relay that has the log of every scope, and what happens when an entry is offered to it. */
interface ScriptedRelay extends Pick<RelayHost, 'appendEntry' | 'state'> {
  readonly offered: ScopeId[];
}

const takesAll: Append = async () => Promise.resolve(true);
const takesNothing: Append = async () => Promise.resolve(false);

function relayOf(append: Append, state: 'online' | 'offline' = 'online'): ScriptedRelay {
  const offered: ScopeId[] = [];
  return {
    offered,
    state: state === 'online' ? { state, scopes: {} } : { state, reason: 'test', nextAttemptMs: 0 },
    appendEntry: async (scopeId, sequence, entry) => {
      offered.push(scopeId);
      return append(scopeId, sequence, entry);
    },
  };
}

function hostOf(
  device: TestDevice,
  relay?: ScriptedRelay,
  warnings?: string[],
): ReturnType<typeof createMembershipHost> {
  return createMembershipHost({
    ...{ replica: device.replica, store: device.failing.store, relay: () => relay },
    labelOf: (deviceId) => (deviceId === device.replica.self ? 'this' : 'other'),
    warn: (message) => {
      assert(warnings !== undefined, `nothing is to be warned of: ${message}`);
      warnings.push(message);
    },
  });
}

const epochsOf = ({ a, profile, workspace }: Pair): readonly number[] =>
  [profile, workspace].map((scopeId) => stateOf(a, scopeId).epochs.length);

describe('keys older than ninety days', () => {
  const old = startMs + epochLifetimeMs + 1;

  it('are replaced by a device that administers the scope, once', async () => {
    const pair = setupPair();
    const host = hostOf(pair.a, relayOf(takesAll));
    await host.rotateOld(startMs + epochLifetimeMs);
    expect(epochsOf(pair)).toEqual([1, 1]);
    pair.clock.nowMs = old;
    await host.rotateOld(old);
    expect(epochsOf(pair)).toEqual([2, 2]);
    await host.rotateOld(old + 2);
    expect(epochsOf(pair)).toEqual([2, 2]);
  });

  it('wait for a relay, and are not replaced by a writer', async () => {
    const pair = setupPair({ laterRole: 'writer' });
    await hostOf(pair.a, relayOf(takesAll, 'offline')).rotateOld(old);
    await hostOf(pair.b, relayOf(takesAll)).rotateOld(old);
    expect(epochsOf(pair)).toEqual([1, 1]);
  });

  it('that the relay does not take are tried again a day later', async () => {
    const pair = setupPair();
    const relay = relayOf(takesNothing);
    const warnings: string[] = [];
    const host = hostOf(pair.a, relay, warnings);
    await host.rotateOld(old);
    const { length } = relay.offered;
    expect([length > 0, warnings.length]).toEqual([true, 2]);
    await host.rotateOld(old + 1000);
    expect(relay.offered).toHaveLength(length);
    await host.rotateOld(old + 24 * 60 * 60 * 1000);
    expect(relay.offered.length).toBeGreaterThan(length);
  });
});

describe('revoking a device', () => {
  it('shows first what will happen, scope by scope, and changes nothing', async () => {
    const pair = setupPair();
    pair.b.put(['workspace', 'w'], { kind: 'task', title: 't' });
    pair.exchange();
    const relay = relayOf(takesAll);
    const plan = valueOf(await hostOf(pair.a, relay).revoke('other', { execute: false }));
    expect(plan).toMatchObject({
      subject: { deviceId: pair.b.replica.self, label: 'other' },
      executed: false,
      readable: { batches: 1, changes: 1 },
    });
    expect(plan.scopes).toMatchObject([
      { scopeId: pair.profile, kind: 'profile', state: 'planned', epoch: 2, devices: 1, cut: 0, message: null },
      { scopeId: pair.workspace, kind: 'workspace', state: 'planned', epoch: 2, devices: 1, cut: 1, message: null },
    ]);
    expect(relay.offered).toEqual([]);
    expect(epochsOf(pair)).toEqual([1, 1]);
  });

  it('then does it in every scope', async () => {
    const pair = setupPair();
    const done = valueOf(await hostOf(pair.a, relayOf(takesAll)).revoke(pair.b.replica.self, { execute: true }));
    expect(states(done)).toEqual(['done', 'done']);
    expect(done.executed).toBe(true);
    expect(epochsOf(pair)).toEqual([2, 2]);
    expect(createPendingRotations(pair.a.disk).list()).toEqual([]);
    const again = await hostOf(pair.a, relayOf(takesAll)).revoke('other', { execute: true });
    expect(again).toMatchObject({ ok: false, error: { kind: 'conflict' } });
  });

  it('without any relay the log is changed here', async () => {
    const pair = setupPair();
    expect(states(valueOf(await hostOf(pair.a).revoke('other', { execute: true })))).toEqual(['done', 'done']);
  });

  it('what the relay does not take waits, and goes on when it answers, in this process or the next', async () => {
    const pair = setupPair();
    const away = hostOf(pair.a, relayOf(takesNothing, 'offline'));
    expect(states(valueOf(await away.revoke('other', { execute: true })))).toEqual(['pending', 'pending']);
    await away.goOn();
    expect(epochsOf(pair)).toEqual([1, 1]);
    pair.a.restart();
    await hostOf(pair.a, relayOf(takesAll)).goOn();
    expect(epochsOf(pair)).toEqual([2, 2]);
    expect(createPendingRotations(pair.a.disk).list()).toEqual([]);
  });

  it('an entry that lost its place is drafted anew', async () => {
    const pair = setupPair();
    let refusals = 0;
    const relay = relayOf(async () => Promise.resolve(++refusals > 3));
    expect(states(valueOf(await hostOf(pair.a, relay).revoke('other', { execute: true })))).toEqual(['done', 'done']);
    expect(relay.offered).toHaveLength(5);
  });

  it('a process that dies at any operation of its store goes on when it starts again', async () => {
    let deaths = 0;
    for (let operation = 1; ; operation++) {
      const pair = setupPair();
      pair.a.failing.arm(operation);
      let isFinished = false;
      try {
        await hostOf(pair.a, relayOf(takesAll)).revoke('other', { execute: true });
        isFinished = !pair.a.failing.hasStruck;
      } catch {
        deaths += 1;
      }
      pair.a.failing.disarm();
      if (isFinished) {
        break;
      }
      pair.a.restart();
      const begun = createPendingRotations(pair.a.disk).list().length > 0 || epochsOf(pair).includes(2);
      await hostOf(pair.a, relayOf(takesAll)).goOn();
      expect(epochsOf(pair)).toEqual(begun ? [2, 2] : [1, 1]);
      expect(createPendingRotations(pair.a.disk).list()).toEqual([]);
    }
    expect(deaths).toBeGreaterThan(10);
  });

  it('a process that dies after the relay took the entry finds it in the log, and drafts no second one', async () => {
    const pair = setupPair();
    let taken: Uint8Array | undefined;
    const dying = relayOf(async (_scopeId, _sequence, entry) => {
      taken = entry;
      return Promise.reject(new Error('killed'));
    });
    await expect(hostOf(pair.a, dying).revoke('other', { execute: true })).rejects.toThrow('killed');
    pair.a.restart();
    expect(pair.a.replica.receiveEntries(pair.profile, 2, [taken as Uint8Array]).ok).toBe(true);
    const relay = relayOf(takesAll);
    await hostOf(pair.a, relay).goOn();
    expect(relay.offered).toEqual([pair.workspace]);
    expect(epochsOf(pair)).toEqual([2, 2]);
  });

  it('where a key of an earlier epoch is missing nothing is begun', async () => {
    const pair = setupPair({
      wrapStore: (disk) => ({ ...disk, scopes: { ...disk.scopes, epochKey: (id, n) => disk.scopes.epochKey(id, n) } }),
    });
    pair.b.put(['workspace', 'w'], { kind: 'task', title: 't' });
    pair.exchange();
    const blind = Object.create(pair.a.replica) as TestDevice['replica'];
    Object.assign(blind, {
      verifyHeld: function* held() {
        yield* [];
        return { batches: 1, changes: 0, unreadable: 0, missingEpochs: [1] };
      },
    });
    const host = hostOf({ ...pair.a, replica: blind } as TestDevice, relayOf(takesAll));
    const refused = valueOf(await host.revoke('other', { execute: true }));
    expect(refused.executed).toBe(false);
    expect(refused.scopes[0]).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('epoch 1') as string,
    });
    expect(epochsOf(pair)).toEqual([1, 1]);
  });

  it.each([
    ['an unknown name', 'nobody', 'not_found'],
    ['too short a part of an id', 'abc', 'not_found'],
  ])('%s is told', async (_what, name, kind) => {
    const pair = setupPair();
    const answer = await hostOf(pair.a, relayOf(takesAll)).revoke(name, { execute: true });
    expect(answer).toMatchObject({ ok: false, error: { kind } });
  });

  it('a device is named by the end of its id; a writer may not revoke', async () => {
    const pair = setupPair({ laterRole: 'writer' });
    const plan = valueOf(await hostOf(pair.a).revoke(pair.b.replica.self.slice(-8), { execute: false }));
    expect(plan.subject?.deviceId).toBe(pair.b.replica.self);
    const refused = valueOf(await hostOf(pair.b, relayOf(takesAll)).revoke('other', { execute: true }));
    expect(states(refused)).toEqual(['refused', 'refused']);
  });
});

describe('rotating keys', () => {
  it('in one scope, or in all', async () => {
    const pair = setupPair();
    const host = hostOf(pair.a, relayOf(takesAll));
    const one = valueOf(await host.rotate({ execute: true, scopeId: pair.workspace }));
    expect(one).toMatchObject({ subject: null, readable: null, scopes: [{ state: 'done', epoch: 2, cut: null }] });
    valueOf(await host.rotate({ execute: true }));
    expect(epochsOf(pair)).toEqual([2, 3]);
    expect(await host.rotate({ execute: true, scopeId: 'x' })).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });

  it('everything stays readable, and verifies', async () => {
    const pair = setupPair();
    pair.a.put(['workspace', 'w'], { kind: 'task', title: 't' });
    const host = hostOf(pair.a, relayOf(takesAll));
    valueOf(await host.rotate({ execute: true }));
    pair.a.put(['workspace', 'w'], { kind: 'task', title: 'u' });
    expect(await host.verifyKeys()).toMatchObject({
      ok: true,
      scopes: [
        { kind: 'profile', epoch: 2, epochsHeld: 2, ok: true },
        { kind: 'workspace', epoch: 2, epochsHeld: 2, held: { batches: 2, changes: 2 }, ok: true },
        { kind: 'profile', epoch: 1, epochsHeld: 1, ok: true },
      ],
    });
  });
});

describe('roles', () => {
  it('are given in every scope that this device administers', async () => {
    const pair = setupPair({ laterRole: 'writer' });
    const host = hostOf(pair.a, relayOf(takesAll));
    const given = await host.setRole('other', { role: 'admin', authorities: ['lease'] });
    expect(given).toMatchObject({ ok: true, value: { role: 'admin', scopes: [{ done: true }, { done: true }] } });
    expect(stateOf(pair.a, pair.workspace).members.get(pair.b.replica.self)?.role).toBe('admin');
    expect(await host.setRole('this', { role: 'reader', authorities: [] })).toMatchObject({
      ok: false,
      error: { reasonCode: 'policy_denied' },
    });
    const away = hostOf(pair.a, relayOf(takesNothing, 'offline'));
    expect(await away.setRole('other', { role: 'reader', authorities: [] })).toMatchObject({
      ok: false,
      error: { kind: 'relay_away', message: expect.stringContaining('does not answer') as string },
    });
  });
});

describe('the log of a scope', () => {
  it('is given as it travels', () => {
    const pair = setupPair();
    expect(hostOf(pair.a).log(pair.workspace)?.entries).toHaveLength(2);
    expect(hostOf(pair.a).log('x')).toBeUndefined();
  });
});

function states({ scopes }: RotationBody): readonly string[] {
  return scopes.map(({ state }) => state);
}

function valueOf<T>(result: Result<T, { readonly message: string }>): T {
  assert(result.ok, `done, but: ${result.ok ? '' : result.error.message}`);
  return result.value;
}

describe('renaming a device', () => {
  it('to a name that another one has is refused, and names that one', async () => {
    const pair = setupPair();
    const other = pair.b.replica.self;
    const taken = hostOf(pair.a, relayOf(takesAll)).rename('this', 'other');
    const [beginning] = beginningsOf([other]);
    const message = expect.stringContaining(`sourcesync devices rename ${beginning} NAME`) as string;
    expect(taken).toMatchObject({ ok: false, error: { kind: 'conflict', message } });
    expect(hostOf(pair.a, relayOf(takesAll)).rename('this', 'desk')).toMatchObject({ ok: true });
  });

  it('of two that have one name asks for the beginning of an id, and takes it', () => {
    const pair = setupPair();
    const ids = [pair.a.replica.self, pair.b.replica.self];
    const labelOf = (): string => 'twin';
    const [, second = ''] = beginningsOf(ids);
    expect(findDevice(pair.a.replica, labelOf, 'twin')).toMatchObject({
      error: { kind: 'invalid', message: expect.stringContaining(second) as string },
    });
    expect(findDevice(pair.a.replica, labelOf, second)).toEqual({ ok: true, value: ids[1] });
  });

  it('the name of a revoked one means whoever has it now, and the revoked one is named by its id', async () => {
    const pair = setupPair();
    const [self, gone] = [pair.a.replica.self, pair.b.replica.self];
    await hostOf(pair.a, relayOf(takesAll)).revoke(gone, { execute: true });
    const labelOf = (): string => 'twin';
    expect(findDevice(pair.a.replica, labelOf, 'twin')).toEqual({ ok: true, value: self });
    expect(findDevice(pair.a.replica, labelOf, gone)).toEqual({ ok: true, value: gone });
    expect(findDevice(pair.a.replica, (id) => (id === gone ? 'gone' : 'here'), 'gone')).toEqual({
      ok: true,
      value: gone,
    });
  });
});
