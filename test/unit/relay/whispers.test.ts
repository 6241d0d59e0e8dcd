import { beforeAll, describe, expect, it } from 'vitest';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import { createAllowance } from '../../../src/relay/mailbox/allowance.ts';
import { answerChallenge } from '../../../src/sync/wire/authenticate.ts';
import type { DeviceMessage } from '../../../src/sync/wire/messages.ts';
import { createDesk, origin, sentTo } from './desk.ts';
import { type Pair, createPair } from './members.ts';

let pair: Pair;
const body = new Uint8Array(40).fill(7);

beforeAll(() => {
  pair = createPair(41);
});

const whisper = (): DeviceMessage => ({ type: 'whisper', scopeId: pair.scopeId, body });

function ready() {
  const desk = createDesk();
  const a = desk.found(pair.alice, pair);
  desk.hello(a, pair);
  const b = desk.login(pair.bob);
  desk.hello(b, pair);
  return { ...desk, a, b };
}

describe('mailbox: whispers', () => {
  it('18 go to whoever else is there, and nowhere else', () => {
    const { a, b, say, store } = ready();
    const before = store.sizeBytes(pair.scopeId);
    const effects = say(a, whisper());
    expect(sentTo(b, effects)).toEqual([{ type: 'whispered', scopeId: pair.scopeId, body }]);
    expect(sentTo(a, effects)).toEqual([]);
    expect(store.sizeBytes(pair.scopeId)).toBe(before);
    expect(store.headCursor(pair.scopeId)).toBe(0);
  });

  it('18 who comes later hears nothing of them', () => {
    const { a, say, login, hello } = ready();
    say(a, whisper());
    const later = login(pair.bob);
    expect(sentTo(later, hello(later, pair)).map(({ type }) => type)).toEqual(['state', 'deliver']);
  });

  it('18 whoever has not said hello to the scope whispers to nobody', () => {
    const { b, say, login } = ready();
    const again = login(pair.alice);
    expect(sentTo(b, say(again, whisper()))).toEqual([]);
  });

  it('18 a stranger that whispers is sent away', () => {
    const { open, say } = ready();
    const { id } = open();
    expect(sentTo(id, say(id, whisper()))).toMatchObject([{ type: 'error', code: 'E_AUTH' }]);
  });

  it('18 a device of the older version is let in, and neither hears whispers nor of who left', () => {
    const { a, say, open, hello, nowMs } = ready();
    const { id, nonce } = open();
    const older = answerChallenge(pair.bob, nonce, origin, nowMs(), 1);
    expect(older.version).toBe(1);
    expect(sentTo(id, say(id, older))).toMatchObject([{ type: 'welcome' }]);
    hello(id, pair);
    expect(sentTo(id, say(a, whisper()))).toEqual([]);
    expect(sentTo(id, say(a, 'closed'))).toEqual([]);
  });

  it('18 a version that is yet to come is refused', () => {
    const { say, open, nowMs } = ready();
    const { id, nonce } = open();
    const newer = { ...answerChallenge(pair.bob, nonce, origin, nowMs()), version: 3 };
    expect(sentTo(id, say(id, newer))).toMatchObject([{ type: 'error', code: 'E_VERSION' }]);
  });

  it('18 that a device left is told once it had whispered', () => {
    const { a, b, say } = ready();
    say(b, whisper());
    expect(sentTo(b, say(a, 'closed'))).toEqual([]);
    const other = ready();
    other.say(other.a, whisper());
    expect(sentTo(other.b, other.say(other.a, 'closed'))).toEqual([
      { type: 'left', scopeId: pair.scopeId, deviceId: pair.alice.deviceId },
    ]);
  });

  it('18 a device that was revoked hears nothing more', () => {
    const { a, b, say } = ready();
    const entry = createRevoke({
      ...{ state: pair.state, signer: pair.alice, subject: pair.bob.deviceId, cut: { sequence: 0, batchId: null } },
      ...{ epochKey: pair.world.epochKey, newEpochKey: createEpochKey(pair.world.randomBytes) },
    });
    say(a, { type: 'append_entry', scopeId: pair.scopeId, sequence: 2, token: null, isNew: true, entry });
    expect(sentTo(b, say(a, whisper())).map(({ type }) => type)).not.toContain('whispered');
  });

  it('18 a flood is dropped without a word, and starts again when time has passed', () => {
    const { a, b, say } = ready();
    const heard = Array.from({ length: 200 }, () => sentTo(b, say(a, whisper())).length);
    expect(heard.slice(0, 80).every((count) => count === 1)).toBe(true);
    expect(heard.slice(80).every((count) => count === 0)).toBe(true);
    const allowance = createAllowance(0);
    const taken = (nowMs: number): number =>
      Array.from({ length: 200 }, () => allowance.take(nowMs)).filter(Boolean).length;
    expect([taken(0), taken(0), taken(1000), taken(3_600_000)]).toEqual([80, 0, 40, 80]);
  });
});
