import { describe, expect, it, onTestFinished } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import { parseRelayAddress } from '../../src/base/relay-address.ts';
import { labelOf } from '../../src/daemon/keys/scope-names.ts';
import { beginningsOf } from '../../src/daemon/members/names-taken.ts';
import { converse } from '../../src/daemon/ground/converse.ts';
import { createPairingHost } from '../../src/daemon/members/pairing-host.ts';
import type { RelayHost } from '../../src/daemon/relays/relay-host.ts';
import { createJoiner, decodePairingCode, pairingSecretsOf } from '../../src/membership/pairing.ts';
import { pairingLifetimeMs } from '../../src/membership/pairing/pairing-session.ts';
import type { JoinerEffect } from '../../src/membership/pairing/pairing-events.ts';
import { openPairingMailbox, type PairingMailbox } from '../../src/net/pairing-link.ts';
import { createMemoryRelayStore } from '../../src/relay/memory-store.ts';
import { startRelay } from '../../src/relay/serve.ts';
import { setupPair } from '../helpers/setup-pair.ts';
import { deviceFrom, seededBytes } from '../unit/membership/fixtures.ts';

/** A device that invites another one through a real relay; `added` are the entries that it appended. */
async function meeting() {
  const { a, household, clock } = setupPair();
  const relay = await startRelay({ listen: { host: '127.0.0.1', port: 0 }, store: createMemoryRelayStore() });
  assert(relay.ok, 'a relay starts');
  onTestFinished(async () => relay.value.close());
  const address = parseRelayAddress(relay.value.url);
  assert(address !== undefined, 'a relay has an address');
  const added: number[] = [];
  const joined: string[] = [];
  const host = createPairingHost({
    ...{ keys: a.keys, userId: household.userId, replica: a.replica, nowMs: () => clock.nowMs },
    relay: () =>
      ({
        ...{ address, state: { state: 'online', scopes: {} } },
        appendEntry: async (_scopeId: string, sequence: number) => Promise.resolve(added.push(sequence) > 0),
      }) as unknown as RelayHost,
    joined: ({ label }) => void joined.push(label),
    labelOf: (deviceId) => labelOf(a.replica, deviceId),
    audit: () => undefined,
  });
  onTestFinished(() => {
    host.stop();
  });
  const invited = await host.invite({ trustCode: false });
  assert(invited.ok, 'a code is shown');
  const code = decodePairingCode(invited.value.code);
  assert(code.ok, 'a code is read');
  const { secret } = code.value;
  const openMailbox = async (): Promise<PairingMailbox> => {
    const { mailbox, bearer } = pairingSecretsOf(secret);
    const opened = await openPairingMailbox(address, mailbox, bearer);
    assert(opened.ok, 'the mailbox is there');
    return opened.value;
  };
  return { a, host, clock, added, joined, secret, address, openMailbox };
}

type Meeting = Awaited<ReturnType<typeof meeting>>;

/** The newcomer, as far as the digits or its end. */
async function join({ a, clock, secret, openMailbox }: Meeting, label = 'Phone') {
  const mailbox = await openMailbox();
  const joiner = createJoiner({
    ...{ secret, deviceKeys: deviceFrom(77), label, randomBytes: seededBytes(78), nowMs: clock.nowMs },
  });
  let digits = '';
  let ended: string | undefined;
  const perform = (effects: readonly JoinerEffect[]): void => {
    for (const effect of effects) {
      if (effect.type === 'put') {
        mailbox.put(effect.slot, effect.body);
      } else if (effect.type === 'show_digits') {
        digits = effect.digits;
      } else if (effect.type === 'fetch_logs') {
        for (const { scopeId } of effect.scopes) {
          const entries = a.disk.scopes.entries(scopeId).map(({ bytes }) => bytes);
          perform(joiner.step({ type: 'log', scopeId, entries }));
        }
      } else {
        ended = effect.type;
      }
    }
  };
  mailbox.onMessage((slot, body) => perform(joiner.step({ type: 'message', slot, body })));
  onTestFinished(() => mailbox.close());
  return {
    start: () => perform(joiner.step({ type: 'start' })),
    digits: async () => {
      await expect.poll(() => digits).not.toBe('');
      return digits;
    },
    ended: () => ended,
  };
}

/** How many messages wait for who opens the mailbox next. */
async function waiting({ openMailbox }: Meeting): Promise<number> {
  const mailbox = await openMailbox();
  let count = 0;
  mailbox.onMessage(() => count++);
  await mailbox.flushed();
  await new Promise((resolve) => setImmediate(resolve));
  mailbox.close();
  return count;
}

describe('27 the driver of an inviter', () => {
  it('adds nobody before it is told to, and deletes the mailbox when it is done', async () => {
    const met = await meeting();
    const newcomer = await join(met);
    newcomer.start();
    const digits = await newcomer.digits();
    await expect.poll(() => met.host.body().state).toBe('confirm');
    expect(met.added).toEqual([]);
    expect((await met.host.approve(digits)).ok).toBe(true);
    expect([newcomer.ended(), met.host.body().state, met.joined]).toEqual(['done', 'joined', ['Phone']]);
    expect(met.added.length).toBeGreaterThan(0);
    expect(await waiting(met)).toBe(0);
  });

  it('gives a number to a name that another device has, and says so', async () => {
    const met = await meeting();
    const taken = labelOf(met.a.replica, met.a.replica.self);
    const newcomer = await join(met, taken);
    newcomer.start();
    const digits = await newcomer.digits();
    await expect.poll(() => met.host.body().state).toBe('confirm');
    await met.host.approve(digits);
    const { deviceId } = deviceFrom(77);
    expect(labelOf(met.a.replica, deviceId)).toBe(`${taken} 2`);
    const [beginning] = beginningsOf([deviceId]);
    expect(met.host.body().message).toContain(`the new one is ${taken} 2 here (${beginning})`);
  });

  it('deletes the mailbox of a code that is burned, and has added nobody', async () => {
    const met = await meeting();
    const newcomer = await join(met);
    newcomer.start();
    const digits = await newcomer.digits();
    await expect.poll(() => met.host.body().state).toBe('confirm');
    await met.host.approve(digits === '000000' ? '000001' : '000000');
    expect([met.host.body().state, met.added]).toEqual(['failed', []]);
    expect(await waiting(met)).toBe(0);
  });

  it('whose person typed other digits ends the wait of the newcomer, who is told what to do', async () => {
    const met = await meeting();
    const { secret, address } = met;
    const keys = deviceFrom(77);
    let shown = '';
    const joining = converse({
      ...{ keys, address, mailbox: await met.openMailbox() },
      joiner: createJoiner({
        secret,
        deviceKeys: keys,
        label: 'Phone',
        randomBytes: seededBytes(78),
        nowMs: Date.now(),
      }),
      showDigits: (digits) => (shown = digits),
    });
    await expect.poll(() => met.host.body().state).toBe('confirm');
    await met.host.approve(shown === '000000' ? '000001' : '000000');
    const ended = await joining;
    expect(ended).toMatchObject({
      ok: false,
      error: expect.stringMatching(/other digits.*Ask for a new code/u) as string,
    });
  });

  it('tells the time before each message: one that comes too late finds the code burned', async () => {
    const met = await meeting();
    const newcomer = await join(met);
    met.clock.nowMs += pairingLifetimeMs;
    newcomer.start();
    await expect.poll(() => met.host.body().state).toBe('failed');
    expect([met.added, await waiting(met)]).toEqual([[], 0]);
  });
});
