import { describe, expect, it } from 'vitest';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import type { MailboxInput } from '../../../src/relay/mailbox/connection.ts';
import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import type { RelayStore } from '../../../src/relay/port.ts';
import type { RelayMessage } from '../../../src/sync/wire/messages.ts';
import { createHousehold } from '../membership/fixtures.ts';
import { createDesk, isClosed, sentTo } from './desk.ts';
import { createChain, createPair } from './members.ts';
import { alices, at, pair, push } from './mailbox-world.ts';

describe('mailbox: batches', () => {
  const ready = (options: Parameters<typeof createDesk>[0] = {}) => {
    const desk = createDesk(options);
    const a = desk.found(pair.alice, pair);
    const b = desk.login(pair.bob);
    desk.hello(a, pair);
    desk.hello(b, pair);
    desk.say(b, { type: 'received', scopeId: pair.scopeId, delivery: 1 });
    return { ...desk, a, b };
  };

  it('7 §10.12 stores, confirms and delivers; a replay is confirmed without effect', () => {
    const { a, b, say, store } = ready();
    const effects = say(a, push(at(1), at(2)));
    expect(sentTo(a, effects)).toEqual([{ type: 'acknowledge', scopeId: pair.scopeId, sequence: 2 }]);
    expect(sentTo(b, effects)).toMatchObject([{ type: 'deliver', delivery: 2, caughtUp: true }]);
    const again = say(a, push(at(1)));
    expect(sentTo(a, again)).toEqual([{ type: 'acknowledge', scopeId: pair.scopeId, sequence: 1 }]);
    expect(sentTo(b, again)).toEqual([]);
    expect(store.arrivals(pair.scopeId, 0, 10)).toHaveLength(2);
  });

  it('7 takes no batch that goes back to an older membership log than the one before it, as devices do not', () => {
    const { say, found, hello } = createDesk();
    const a = found(pair.alice, pair);
    hello(a, pair);
    const chain = createChain(pair, pair.alice);
    const older = chain.next(40, 0);
    const newer = chain.next(40, 1);
    const back = chain.next(40, 0);
    const effects = say(a, {
      type: 'push',
      scopeId: pair.scopeId,
      batches: [older, newer, back].map((one) => one.bytes),
    });
    expect(sentTo(a, effects)).toMatchObject([
      {
        type: 'error',
        code: 'E_BAD_BATCH',
        about: 'push',
        message: expect.stringContaining('goes back to an older membership log'),
      },
      { type: 'acknowledge', sequence: 2 },
    ]);
    expect(sentTo(a, say(a, { type: 'push', scopeId: pair.scopeId, batches: [back.bytes] }))).toMatchObject([
      { type: 'error', code: 'E_BAD_BATCH', message: expect.stringContaining('goes back to an older membership log') },
    ]);
  });

  it('7 §10.6 refuses what does not verify, and keeps what came before it', () => {
    const { a, say, store } = ready();
    const flipped = at(2).bytes.slice();
    flipped[flipped.length - 1] = (flipped.at(-1) as number) ^ 1;
    const effects = say(a, { type: 'push', scopeId: pair.scopeId, batches: [at(1).bytes, flipped, at(3).bytes] });
    expect(sentTo(a, effects)).toMatchObject([
      { type: 'error', code: 'E_BAD_BATCH', about: 'push' },
      { type: 'acknowledge', sequence: 1 },
    ]);
    expect(store.head(pair.scopeId, pair.alice.deviceId)?.sequence).toBe(1);
  });

  const bad: readonly [string, () => Uint8Array, string][] = [
    ['§10.1 garbage', () => new Uint8Array(400), 'E_BAD_BATCH'],
    ['§10.14 a gap', () => at(3).bytes, 'E_CONFLICT'],
    ['a batch of another device', () => createChain(pair, pair.bob).next().bytes, 'E_BAD_BATCH'],
    ['§10.4 a batch of another scope', () => createChain(createPair(12), pair.alice).next().bytes, 'E_BAD_BATCH'],
  ];
  it.each(bad)('7 refuses %s', (_name, bytes, code) => {
    const { a, say, store } = ready();
    const effects = say(a, { type: 'push', scopeId: pair.scopeId, batches: [bytes()] });
    expect(sentTo(a, effects)).toMatchObject([{ type: 'error', code, about: 'push' }]);
    expect(store.headCursor(pair.scopeId)).toBe(0);
  });

  it('7 §10.13 another batch at a sequence that is taken is refused', () => {
    const { a, say } = ready();
    say(a, push(at(1)));
    const other = createChain(pair, pair.alice);
    const effects = say(a, push({ ...at(1), bytes: other.next(99).bytes }));
    expect(sentTo(a, effects)).toMatchObject([{ code: 'E_BAD_BATCH' }]);
  });

  it('8 what arrives in one turn is one transaction, one confirmation and one delivery', () => {
    const { a, b, many, store } = ready();
    let transactions = 0;
    const { transaction } = store;
    (store as { transaction: unknown }).transaction = (work: () => unknown) => {
      transactions++;
      return transaction(work as never);
    };
    const effects = many([at(1), at(2), at(3)].map((batch) => ({ connectionId: a, event: push(batch) })));
    expect(transactions).toBe(1);
    expect(sentTo(a, effects)).toEqual([{ type: 'acknowledge', scopeId: pair.scopeId, sequence: 3 }]);
    expect(sentTo(b, effects)).toMatchObject([{ type: 'deliver', batches: [{}, {}, {}] }]);
  });

  it('8 a store that fails keeps nothing, confirms nothing and sends the turn away', () => {
    const inner = createMemoryRelayStore();
    let isFull = false;
    const store: RelayStore = {
      ...inner,
      transaction: ((work: () => unknown) =>
        inner.transaction(() => {
          const result = work();
          if (isFull) {
            throw new Error('disk full');
          }
          return result as never;
        })) as RelayStore['transaction'],
    };
    const desk = ready({ store });
    isFull = true;
    const effects = desk.say(desk.a, push(at(1)));
    expect(effects.map((effect) => effect.type)).toEqual(['store_failed', 'close']);
    expect(inner.head(pair.scopeId, pair.alice.deviceId)).toBeNull();
    isFull = false;
    const again = desk.login(pair.alice);
    desk.hello(again, pair);
    expect(sentTo(desk.b, desk.say(again, push(at(1))))).toMatchObject([{ type: 'deliver' }]);
  });

  it('9 10 catches up from the frontier, in order of arrival, without the own batches it has', () => {
    const { a, b, say, login } = ready();
    const bob = createChain(pair, pair.bob);
    const bobs = [bob.next(), bob.next()] as const;
    say(a, push(at(1)));
    say(b, push(bobs[0]));
    say(a, push(at(2)));
    const again = login(pair.bob);
    const frontier = { [pair.alice.deviceId]: [1, at(1).batchId], [pair.bob.deviceId]: [1, bobs[0].batchId] } as const;
    const effects = say(again, { type: 'hello', scopeId: pair.scopeId, frontier, logSequence: 1 });
    expect(sentTo(again, effects)).toMatchObject([
      { type: 'state', ownHead: [1, bobs[0].batchId], entries: [] },
      { type: 'deliver', delivery: 1, caughtUp: true, batches: [at(2).bytes] },
    ]);
    expect(sentTo(again, say(again, push(bobs[1]))).map((message) => message.type)).toEqual(['acknowledge']);
    const restored = login(pair.bob);
    expect(
      sentTo(restored, say(restored, { type: 'hello', scopeId: pair.scopeId, frontier: {}, logSequence: -1 })),
    ).toMatchObject([
      { type: 'state', entries: [{}, {}] },
      { type: 'deliver', batches: [at(1).bytes, bobs[0].bytes, at(2).bytes, bobs[1].bytes] },
    ]);
  });

  it('9 sends no more than the window before a confirmation', () => {
    const { a, b, say } = ready({ policy: { connectionWindowBytes: 1000 } });
    say(a, push(at(1)));
    const second = say(a, push(at(2)));
    say(a, push(at(3)));
    const blocked = say(a, push(at(4)));
    expect([second, blocked].map((effects) => sentTo(b, effects).length)).toEqual([1, 0]);
    const effects = say(b, { type: 'received', scopeId: pair.scopeId, delivery: 3 });
    expect(sentTo(b, effects)).toMatchObject([{ type: 'deliver', delivery: 4, caughtUp: true }]);
    expect(sentTo(b, effects)).toHaveLength(1);
  });

  it('11 says caught up also when there is nothing to send', () => {
    const desk = createDesk();
    const a = desk.found(pair.alice, pair);
    expect(sentTo(a, desk.hello(a, pair))).toMatchObject([
      { type: 'state', ownHead: null },
      { type: 'deliver', delivery: 1, caughtUp: true, batches: [] },
    ]);
  });

  it('12 §10.34 limits the room of a scope and of a day', () => {
    for (const policy of [{ scopeBytes: 5000 }, { deviceBytesPerDay: 1000 }]) {
      const { a, say, store } = ready({ policy });
      const effects = say(a, push(...alices));
      expect(sentTo(a, effects)).toMatchObject([{ code: 'E_QUOTA', about: 'push' }, { type: 'acknowledge' }]);
      expect(store.headCursor(pair.scopeId)).toBeGreaterThan(0);
    }
  });

  it('12 a flood is read later, not refused', () => {
    const { a, many } = ready({ policy: { requestsPerSecond: 10, requestBurst: 5 } });
    const effects = many(Array.from({ length: 20 }, () => ({ connectionId: a, event: push(at(1)) })));
    const waits = effects.flatMap((effect) => (effect.type === 'throttle' ? [effect.forMs] : []));
    expect(waits.length).toBeGreaterThan(10);
    expect(waits.at(-1)).toBeGreaterThan(1000);
    expect(sentTo(a, effects)).toMatchObject([{ type: 'acknowledge' }]);
  });

  it('14 ends who confirms what was never sent, greets twice, or cannot be read', () => {
    const inputs: readonly MailboxInput['event'][] = [
      { type: 'received', scopeId: pair.scopeId, delivery: 99 },
      { type: 'hello', scopeId: pair.scopeId, frontier: {}, logSequence: 1 },
      { type: 'mailbox_delete' },
      { type: 'bad_frame', message: 'text' },
    ];
    for (const event of inputs) {
      const { a, b, say } = ready();
      const effects = say(b, event);
      expect(sentTo(b, effects)).toMatchObject([{ code: 'E_BAD_MESSAGE' }]);
      expect(isClosed(b, effects)).toBe(true);
      expect(sentTo(a, say(a, push(at(1))))).toMatchObject([{ type: 'acknowledge' }]);
    }
  });

  it('15 who is not read, because it asked too much or the relay was away, is not silent', () => {
    const { a, b, many, pass } = ready({ policy: { requestsPerSecond: 1, requestBurst: 1 } });
    many(Array.from({ length: 100 }, () => ({ connectionId: b, event: push(at(1)) })));
    const effects = pass(70_000);
    expect([a, b].map((id) => isClosed(id, effects))).toEqual([true, false]);
    expect(isClosed(b, pass(65_000, 60_000))).toBe(false);
    expect(isClosed(b, pass(130_000))).toBe(true);
  });

  it('15 who is silent too long is cut', () => {
    const { a, b, say, pass } = ready();
    pass(50_000);
    say(a, { type: 'ping' });
    const effects = pass(20_000);
    expect(isClosed(b, effects)).toBe(true);
    expect(isClosed(a, effects)).toBe(false);
  });

  it('a position ahead of the relay is a conflict with words', () => {
    const home = createHousehold(22);
    const { scopeId } = home.state;
    const desk = createDesk();
    const id = desk.found(home.admin, { scopeId, entries: home.entries.slice(0, 2) });
    desk.say(id, { type: 'hello', scopeId, frontier: {}, logSequence: 1 });
    const ahead = createChain({ world: home, state: home.states[2] }, home.admin).next();
    const effects = desk.say(id, { type: 'push', scopeId, batches: [ahead.bytes] });
    expect(sentTo(id, effects)).toMatchObject([
      { code: 'E_CONFLICT', message: expect.stringContaining('names a later state of the membership log') },
    ]);
  });

  it('a batch of a revoked device past its cut is refused', () => {
    const home = createHousehold(23);
    const { scopeId } = home.state;
    const desk = createDesk();
    desk.found(home.admin, { scopeId, entries: home.entries.slice(0, 3) });
    const writer = desk.login(home.writer);
    desk.say(writer, { type: 'hello', scopeId, frontier: {}, logSequence: 2 });
    const admin = desk.login(home.admin);
    const late = createChain({ world: home, state: home.states[2] }, home.writer).next();
    const revoke = createRevoke({
      state: home.states[2],
      signer: home.admin,
      subject: home.writer.deviceId,
      cut: { sequence: 0, batchId: null },
      epochKey: home.epochKey,
      newEpochKey: createEpochKey(home.randomBytes),
    });
    const effects = desk.many([
      {
        connectionId: admin,
        event: { type: 'append_entry', scopeId, sequence: 3, token: null, isNew: false, entry: revoke },
      },
      { connectionId: writer, event: { type: 'push', scopeId, batches: [late.bytes] } },
    ]);
    expect(sentTo(writer, effects).at(-1)).toMatchObject({ code: 'E_BAD_BATCH' });
    expect(desk.store.headCursor(scopeId)).toBe(0);
  });
});

describe('mailbox: pairing', () => {
  const name = 'abcdefghijklmnop';
  const bearer = new Uint8Array(32).fill(1);
  const openBox = (
    desk: ReturnType<typeof createDesk>,
    with_ = bearer,
  ): { id: number; sent: readonly RelayMessage[] } => {
    const { id } = desk.open();
    return { id, sent: sentTo(id, desk.say(id, { type: 'mailbox_open', version: 1, mailbox: name, bearer: with_ })) };
  };
  const body = new Uint8Array([1, 2, 3]);

  it('13 passes messages on, and keeps them for who comes later', () => {
    const desk = createDesk({ open: false });
    const first = openBox(desk);
    expect(first.sent).toEqual([{ type: 'mailbox_opened' }]);
    desk.say(first.id, { type: 'mailbox_put', slot: 1, body });
    const second = openBox(desk);
    expect(second.sent).toEqual([{ type: 'mailbox_opened' }, { type: 'mailbox_message', slot: 1, body }]);
    const effects = desk.say(second.id, { type: 'mailbox_put', slot: 2, body });
    expect(sentTo(first.id, effects)).toEqual([{ type: 'mailbox_message', slot: 2, body }]);
    expect(sentTo(second.id, effects)).toEqual([]);
    expect(desk.say(second.id, { type: 'mailbox_put', slot: 2, body })).toEqual([]);
    const clash = desk.say(first.id, { type: 'mailbox_put', slot: 2, body: new Uint8Array(1) });
    expect(sentTo(first.id, clash)).toMatchObject([{ code: 'E_CONFLICT', about: 'mailbox' }]);
  });

  it('13 a third connection is refused, a wrong bearer three times ends the mailbox', () => {
    const desk = createDesk();
    const first = openBox(desk);
    openBox(desk);
    expect(openBox(desk).sent).toMatchObject([{ code: 'E_FORBIDDEN' }]);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(openBox(desk, new Uint8Array(32)).sent).toMatchObject([{ code: 'E_AUTH' }]);
    }
    const effects = desk.say(first.id, { type: 'mailbox_put', slot: 1, body });
    expect(sentTo(first.id, effects)).toMatchObject([{ code: 'E_FORBIDDEN' }]);
  });

  it('13 expires after ten minutes, and is deleted on request', () => {
    const desk = createDesk();
    const first = openBox(desk);
    expect(isClosed(first.id, desk.pass(600_001))).toBe(true);
    expect(desk.mailbox.stats.pairingMailboxes).toBe(0);
    const second = openBox(desk);
    desk.say(second.id, { type: 'mailbox_delete' });
    expect(desk.mailbox.stats.pairingMailboxes).toBe(0);
  });

  it('13 needs a proper name and a connection of its own', () => {
    const desk = createDesk();
    const { id } = desk.open();
    const effects = desk.say(id, { type: 'mailbox_open', version: 1, mailbox: 'short', bearer });
    expect(sentTo(id, effects)).toMatchObject([{ code: 'E_BAD_MESSAGE' }]);
    const versions = desk.say(id, { type: 'mailbox_open', version: 9, mailbox: name, bearer });
    expect(sentTo(id, versions)).toMatchObject([{ code: 'E_VERSION' }]);
  });
});
