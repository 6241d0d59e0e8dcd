import { describe, expect, it } from 'vitest';
import { answerChallenge } from '../../../src/sync/wire/authenticate.ts';
import type { DeviceMessage, RelayMessage } from '../../../src/sync/wire/messages.ts';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { createHousehold, createWorld, deviceFrom } from '../membership/fixtures.ts';
import { createDesk, isClosed, origin, sentTo } from './desk.ts';
import { createChain } from './members.ts';
import { at, pair, push } from './mailbox-world.ts';

describe('mailbox: who is there', () => {
  it('1 §10.32 refuses an answer to another nonce, for another relay, or of another device', () => {
    const answers: readonly ((nonce: Uint8Array) => DeviceMessage)[] = [
      () => answerChallenge(pair.alice, new Uint8Array(32), origin, 1),
      (nonce) => answerChallenge(pair.alice, nonce, 'ws://elsewhere.test:443', 1),
      (nonce) => ({ ...answerChallenge(pair.alice, nonce, origin, 1), deviceId: pair.bob.deviceId }),
      (nonce) => ({ ...answerChallenge(pair.alice, nonce, origin, 1), timeMs: 2 }),
      (nonce) => ({ ...answerChallenge(pair.alice, nonce, origin, 1), signature: new Uint8Array(64) }),
    ];
    for (const answer of answers) {
      const desk = createDesk();
      const { id, nonce } = desk.open();
      const effects = desk.say(id, answer(nonce));
      expect(sentTo(id, effects)).toMatchObject([{ type: 'error', code: 'E_AUTH', about: 'connection' }]);
      expect(isClosed(id, effects)).toBe(true);
    }
  });

  it('1 §10.32 a nonce is asked once: an answer that was heard elsewhere is worth nothing', () => {
    const desk = createDesk();
    const first = desk.open();
    const answer = answerChallenge(pair.alice, first.nonce, origin, 1);
    expect(sentTo(first.id, desk.say(first.id, answer))).toMatchObject([{ type: 'welcome' }]);
    const second = desk.open();
    expect(sentTo(second.id, desk.say(second.id, answer))).toMatchObject([{ code: 'E_AUTH' }]);
  });

  it('1 another protocol version is told which side to upgrade', () => {
    const desk = createDesk();
    const { id, nonce } = desk.open();
    const effects = desk.say(id, { ...answerChallenge(pair.alice, nonce, origin, 1), version: 3 });
    expect(sentTo(id, effects)).toMatchObject([{ code: 'E_VERSION' }]);
  });

  it('2 data before authentication ends the connection', () => {
    const early: readonly DeviceMessage[] = [
      push(at(1)),
      { type: 'hello', scopeId: pair.scopeId, frontier: {}, logSequence: -1 },
      { type: 'append_entry', scopeId: pair.scopeId, sequence: 0, token: null, isNew: false, entry: new Uint8Array(1) },
      { type: 'received', scopeId: pair.scopeId, delivery: 1 },
    ];
    for (const message of early) {
      const desk = createDesk();
      const { id } = desk.open();
      const effects = desk.say(id, message);
      expect(sentTo(id, effects)).toMatchObject([{ code: 'E_AUTH' }]);
      expect(isClosed(id, effects)).toBe(true);
    }
  });

  it('2 a stranger is sent away after ten seconds in which the relay read', () => {
    const desk = createDesk();
    const { id } = desk.open();
    expect(isClosed(id, desk.pass(11_000, 5000))).toBe(false);
    expect(isClosed(id, desk.pass(5000))).toBe(true);
    expect(desk.mailbox.stats).toMatchObject({ connections: 0, strangers: 0 });
  });

  it('2 says how far a connection has got: a device counts as known once it reads a scope here', () => {
    const desk = createDesk();
    const standings = [desk.open().id, desk.login(deviceFrom(7)), desk.found(pair.alice, pair), desk.login(pair.bob)];
    expect(standings.map(desk.mailbox.standingOf)).toEqual(['stranger', 'guest', 'member', 'member']);
    expect(desk.mailbox.standingOf(99)).toBeUndefined();
  });

  it('2 is full once members fill it', () => {
    const desk = createDesk({ policy: { connections: 1, strangers: 1 } });
    desk.found(pair.alice, pair);
    desk.login(pair.bob);
    expect(desk.say(3, 'opened')).toEqual([{ type: 'close', connectionId: 3, reason: 'the relay is full' }]);
  });

  it('3 a device that comes again ends its older connection', () => {
    const desk = createDesk();
    const first = desk.login(pair.alice);
    const { id, nonce } = desk.open();
    const effects = desk.say(id, answerChallenge(pair.alice, nonce, origin, 1));
    expect(isClosed(first, effects)).toBe(true);
    expect(desk.say(first, 'closed')).toEqual([]);
    expect(desk.mailbox.stats.connections).toBe(1);
  });
});

describe('mailbox: membership', () => {
  it('4 §10.33 a non-member reads nothing and cannot tell whether the scope exists', () => {
    const desk = createDesk();
    desk.found(pair.alice, pair);
    const mallory = desk.login(deviceFrom(666));
    const existing = sentTo(mallory, desk.hello(mallory, pair));
    const absent = sentTo(mallory, desk.hello(mallory, { scopeId: createWorld(3).state.scopeId }));
    expect(existing).toMatchObject([{ type: 'error', code: 'E_FORBIDDEN', about: 'hello' }]);
    expect(existing).toEqual(absent.map((message) => ({ ...message, scopeId: pair.scopeId })));
    expect(sentTo(mallory, desk.say(mallory, push(at(1))))).toMatchObject([{ code: 'E_FORBIDDEN', about: 'push' }]);
  });

  it('5 §10.33 a closed relay takes no scope of a stranger, and one of an allowed root', () => {
    const [genesis] = pair.entries as [Uint8Array];
    const append = {
      type: 'append_entry',
      scopeId: pair.scopeId,
      sequence: 0,
      token: null,
      isNew: false,
      entry: genesis,
    } as const;
    const closed = createDesk({ open: false });
    const refused = closed.login(pair.alice);
    expect(sentTo(refused, closed.say(refused, append))).toMatchObject([{ code: 'E_FORBIDDEN', about: 'entry' }]);
    expect(closed.store.entryCount(pair.scopeId)).toBe(0);
    const allowedRoots = [base64urlFromBytes(pair.state.rootKeys.sign)];
    const listed = createDesk({ open: false, policy: { allowedRoots } });
    const welcome = listed.login(pair.alice);
    expect(sentTo(welcome, listed.say(welcome, append))).toMatchObject([{ type: 'entry_appended', sequence: 0 }]);
  });

  it('5 §10.35 a stale position is a conflict; the same entry again is confirmed again', () => {
    const desk = createDesk();
    const id = desk.found(pair.alice, pair);
    const [genesis, add] = pair.entries as [Uint8Array, Uint8Array];
    const append = (sequence: number, entry: Uint8Array): readonly RelayMessage[] =>
      sentTo(
        id,
        desk.say(id, { type: 'append_entry', scopeId: pair.scopeId, sequence, token: null, isNew: false, entry }),
      );
    expect(append(1, add)).toMatchObject([{ type: 'entry_appended', sequence: 1 }]);
    expect(append(1, genesis)).toMatchObject([{ code: 'E_CONFLICT', about: 'entry' }]);
    expect(append(9, add)).toMatchObject([{ code: 'E_CONFLICT' }]);
    expect(append(2, add)).toMatchObject([{ code: 'E_CONFLICT' }]);
    expect(append(2, new Uint8Array(100))).toMatchObject([{ code: 'E_FORBIDDEN' }]);
    expect(desk.store.entryCount(pair.scopeId)).toBe(2);
  });

  it('5 a genesis of another scope, or garbage, founds nothing', () => {
    const desk = createDesk();
    const id = desk.login(pair.alice);
    for (const entry of [createWorld(4).genesis, new Uint8Array(10)]) {
      const effects = desk.say(id, {
        type: 'append_entry',
        scopeId: pair.scopeId,
        sequence: 0,
        token: null,
        isNew: false,
        entry,
      });
      expect(sentTo(id, effects)).toMatchObject([{ code: 'E_FORBIDDEN', about: 'entry' }]);
    }
  });

  it('5 §10.34 a membership log has a limit', () => {
    const desk = createDesk({ policy: { scopeLogBytes: 100 } });
    const id = desk.login(pair.alice);
    const [entry] = pair.entries as [Uint8Array];
    const effects = desk.say(id, {
      type: 'append_entry',
      scopeId: pair.scopeId,
      sequence: 0,
      token: null,
      isNew: false,
      entry,
    });
    expect(sentTo(id, effects)).toMatchObject([{ code: 'E_QUOTA', about: 'entry' }]);
  });

  it('6 a revoked device gets the revocation as the last thing, and no batch after it', () => {
    const home = createHousehold(21);
    const { scopeId } = home.state;
    const desk = createDesk();
    const admin = desk.found(home.admin, { scopeId, entries: home.entries.slice(0, 3) });
    const writer = desk.login(home.writer);
    const second = desk.login(home.second);
    for (const id of [admin, writer, second]) {
      desk.say(id, { type: 'hello', scopeId, frontier: {}, logSequence: 2 });
    }
    const chain = createChain({ world: home, state: home.states[2] }, home.admin);
    const effects = desk.many([
      {
        connectionId: admin,
        event: { type: 'append_entry', scopeId, sequence: 3, token: null, isNew: false, entry: home.entries[3] },
      },
      { connectionId: admin, event: { type: 'push', scopeId, batches: [chain.next().bytes] } },
    ]);
    expect(sentTo(admin, effects).map((message) => message.type)).toEqual(['entry_appended', 'acknowledge']);
    expect(sentTo(second, effects).map((message) => message.type)).toEqual(['entries', 'deliver']);
    expect(sentTo(writer, effects)).toMatchObject([
      { type: 'entries', from: 3 },
      { type: 'error', code: 'E_FORBIDDEN' },
    ]);
    expect(sentTo(writer, desk.say(writer, { type: 'hello', scopeId, frontier: {}, logSequence: 3 }))).toMatchObject([
      { code: 'E_FORBIDDEN' },
    ]);
    expect(desk.store.scopesOf(home.writer.deviceId, 10)).toEqual([]);
  });
});
