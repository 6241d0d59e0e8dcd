import { describe, expect, it } from 'vitest';
import { type DeviceKeys, type RootKeys, deviceIdOf } from '../../../src/crypto/keys.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import { createHousehold, rootFrom } from '../membership/fixtures.ts';
import { createDesk, sentTo } from './desk.ts';
import { createChain, createPair } from './members.ts';

/** The root's own key pairs as a device would have them. */
function asDevice({ sign, box }: RootKeys): DeviceKeys {
  return { deviceId: deviceIdOf({ sign: sign.publicKey, box: box.publicKey }), sign, box, hedge: new Uint8Array(32) };
}

describe('mailbox: the root of a scope', () => {
  it('4 is told its scopes and reads log and batches like a member', () => {
    const pair = createPair(51);
    const desk = createDesk();
    const alice = desk.found(pair.alice, pair);
    desk.hello(alice, pair);
    const batch = createChain(pair, pair.alice).next();
    desk.say(alice, { type: 'push', scopeId: pair.scopeId, batches: [batch.bytes] });
    const root = asDevice(pair.world.root);
    const { id, welcome } = desk.greet(root);
    expect(welcome).toEqual({ type: 'welcome', scopes: [{ scopeId: pair.scopeId, logSequence: 1 }] });
    expect(sentTo(id, desk.hello(id, pair, -1))).toMatchObject([
      { type: 'state', ownHead: null, entries: pair.entries },
      { type: 'deliver', batches: [batch.bytes], caughtUp: true },
    ]);
  });

  it('4 §10.5 may not push, not even a batch that it signed', () => {
    const pair = createPair(52);
    const desk = createDesk();
    desk.found(pair.alice, pair);
    const root = asDevice(pair.world.root);
    const id = desk.login(root);
    desk.hello(id, pair);
    const batch = createChain(pair, root).next();
    const effects = desk.say(id, { type: 'push', scopeId: pair.scopeId, batches: [batch.bytes] });
    expect(sentTo(id, effects)).toMatchObject([
      {
        type: 'error',
        code: 'E_BAD_BATCH',
        about: 'push',
        message: expect.stringContaining('was not a member when it was written'),
      },
    ]);
    expect(desk.store.headCursor(pair.scopeId)).toBe(0);
  });

  it('4 6 revokes a device, goes on reading, and hears of entries by others', () => {
    const home = createHousehold(53);
    const { scopeId } = home.state;
    const desk = createDesk();
    const admin = desk.found(home.admin, { scopeId, entries: home.entries.slice(0, 3) });
    const id = desk.login(asDevice(home.root));
    desk.hello(id, { scopeId }, 2);
    desk.hello(admin, { scopeId }, 2);
    const entry = createRevoke({
      state: home.states[2],
      signer: home.root,
      subject: home.writer.deviceId,
      cut: { sequence: 0, batchId: null },
      epochKey: home.epochKey,
      newEpochKey: createEpochKey(home.randomBytes),
    });
    const effects = desk.say(id, { type: 'append_entry', scopeId, sequence: 3, token: null, isNew: false, entry });
    expect(sentTo(id, effects)).toEqual([{ type: 'entry_appended', scopeId, sequence: 3 }]);
    expect(sentTo(admin, effects)).toMatchObject([{ type: 'entries', from: 3 }]);
    expect(desk.store.scopesOf(asDevice(home.root).deviceId, 10)).toEqual([scopeId]);
  });

  it('4 §10.33 the root of another scope is a stranger', () => {
    const pair = createPair(54);
    const desk = createDesk();
    desk.found(pair.alice, pair);
    const { id, welcome } = desk.greet(asDevice(rootFrom(999)));
    expect(welcome).toMatchObject({ scopes: [] });
    expect(sentTo(id, desk.hello(id, pair))).toMatchObject([{ type: 'error', code: 'E_FORBIDDEN', about: 'hello' }]);
  });
});
