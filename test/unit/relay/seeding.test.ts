import { beforeAll, describe, expect, it } from 'vitest';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import type { DeviceMessage } from '../../../src/sync/wire/messages.ts';
import { createHousehold, deviceFrom } from '../membership/fixtures.ts';
import { createDesk, sentTo } from './desk.ts';
import { type OwnBatch, type Pair, createChain, createPair } from './members.ts';

let pair: Pair;
let alices: readonly OwnBatch[];

beforeAll(() => {
  pair = createPair(11);
  const chain = createChain(pair, pair.alice);
  alices = Array.from({ length: 6 }, () => chain.next());
});

const push = (...batches: readonly OwnBatch[]): DeviceMessage => ({
  type: 'push',
  scopeId: pair.scopeId,
  batches: batches.map((batch) => batch.bytes),
});
const at = (sequence: number): OwnBatch => alices[sequence - 1] as OwnBatch;

describe('mailbox: chains brought by others', () => {
  const seed = (...batches: readonly OwnBatch[]): DeviceMessage => ({
    type: 'seed',
    scopeId: pair.scopeId,
    deviceId: pair.alice.deviceId,
    batches: batches.map((batch) => batch.bytes),
  });
  const ready = (options: Parameters<typeof createDesk>[0] = {}) => {
    const desk = createDesk(options);
    const a = desk.found(pair.alice, pair);
    const b = desk.login(pair.bob);
    const frontier = { [pair.alice.deviceId]: [6, at(6).batchId] } as const;
    desk.say(b, { type: 'hello', scopeId: pair.scopeId, frontier, logSequence: 1 });
    return { ...desk, a, b };
  };

  it('17 names the chains that the device holds further, and no stranger of its frontier', () => {
    const { a, b, login, say, hello } = ready();
    hello(a, pair);
    say(a, push(at(1), at(2)));
    const again = login(pair.bob);
    const stranger = deviceFrom(4711).deviceId;
    const frontierOf = (sequence: number): Extract<DeviceMessage, { type: 'hello' }>['frontier'] => ({
      [pair.alice.deviceId]: [sequence, at(sequence).batchId],
      [pair.bob.deviceId]: [9, at(1).batchId],
      [stranger]: [5, at(1).batchId],
    });
    const greet = { type: 'hello', scopeId: pair.scopeId, frontier: frontierOf(4), logSequence: 1 } as const;
    expect(sentTo(again, say(again, greet))).toMatchObject([
      { type: 'state', behind: { [pair.alice.deviceId]: 2 } },
      { type: 'deliver' },
    ]);
    const third = login(pair.bob);
    const [state] = sentTo(third, say(third, { ...greet, frontier: frontierOf(2) }));
    expect(state).toMatchObject({ type: 'state', behind: {} });
    expect(b).toBeGreaterThan(0);
  });

  it('17 takes them verified, confirms them once durable, and hands them to who lacks them', () => {
    const { a, b, say, store, login, hello } = ready();
    const effects = say(b, seed(at(1), at(2)));
    expect(sentTo(b, effects)).toEqual([
      { type: 'seeded', scopeId: pair.scopeId, deviceId: pair.alice.deviceId, sequence: 2 },
    ]);
    expect(store.head(pair.scopeId, pair.alice.deviceId)).toEqual({ sequence: 2, batchId: at(2).batchId });
    expect(sentTo(b, say(b, seed(at(1))))).toMatchObject([{ type: 'seeded', sequence: 1 }]);
    expect(store.arrivals(pair.scopeId, 0, 10)).toHaveLength(2);
    expect(sentTo(a, say(a, push(at(3))))).toMatchObject([{ code: 'E_FORBIDDEN' }]);
    const restored = login(pair.alice);
    expect(sentTo(restored, hello(restored, pair))).toMatchObject([
      { type: 'state', ownHead: [2, at(2).batchId] },
      { type: 'deliver', batches: [at(1).bytes, at(2).bytes] },
    ]);
  });

  it('10 17 what others bring of a chain goes to its author too, when it lacks it', () => {
    const { a, b, say, hello } = ready();
    hello(a, pair);
    expect(sentTo(a, say(a, push(at(1)))).map(({ type }) => type)).toEqual(['acknowledge']);
    const effects = say(b, seed(at(1), at(2)));
    expect(sentTo(a, effects)).toMatchObject([{ type: 'deliver', batches: [at(2).bytes] }]);
  });

  const bad: readonly [string, () => DeviceMessage, string][] = [
    ['§10.6 a batch with a flipped bit', () => seed({ ...at(1), bytes: flipped(at(1).bytes) }), 'E_BAD_BATCH'],
    ['§10.1 garbage', () => seed({ ...at(1), bytes: new Uint8Array(400) }), 'E_BAD_BATCH'],
    ['§10.14 a gap', () => seed(at(3)), 'E_CONFLICT'],
    [
      'a chain under another name',
      () => ({ ...seed(at(1)), deviceId: deviceFrom(31).deviceId }) as DeviceMessage,
      'E_BAD_BATCH',
    ],
    ['the own chain', () => ({ ...seed(), deviceId: pair.bob.deviceId }) as DeviceMessage, 'E_BAD_BATCH'],
  ];
  it.each(bad)('17 refuses %s', (_name, message, code) => {
    const { b, say, store } = ready();
    expect(sentTo(b, say(b, message()))).toMatchObject([{ type: 'error', code, about: 'seed' }]);
    expect(store.headCursor(pair.scopeId)).toBe(0);
  });

  it('17 §10.13 refuses another batch where the chain has one', () => {
    const { b, say } = ready();
    say(b, seed(at(1)));
    const other = createChain(pair, pair.alice).next(99);
    expect(sentTo(b, say(b, seed(other)))).toMatchObject([{ code: 'E_BAD_BATCH', about: 'seed' }]);
  });

  it('17 comes after hello, and not before authentication', () => {
    const desk = createDesk();
    const a = desk.found(pair.alice, pair);
    expect(sentTo(a, desk.say(a, seed(at(1))))).toMatchObject([{ code: 'E_BAD_BATCH', about: 'seed' }]);
    const b = desk.login(pair.bob);
    expect(sentTo(b, desk.say(b, seed(at(1))))).toMatchObject([{ code: 'E_FORBIDDEN', about: 'seed' }]);
    const { id } = desk.open();
    expect(sentTo(id, desk.say(id, seed(at(1))))).toMatchObject([{ code: 'E_AUTH' }]);
  });

  it('17 §10.34 the room is charged to who brings them', () => {
    const { b, say, store } = ready({ policy: { deviceBytesPerDay: 1000 } });
    const effects = say(b, seed(at(1), at(2), at(3)));
    expect(sentTo(b, effects)).toMatchObject([{ code: 'E_QUOTA', about: 'seed' }, { type: 'seeded' }]);
    const day = Math.floor(1_700_000_000_000 / 86_400_000);
    expect(store.usedOn(pair.bob.deviceId, day)).toBeGreaterThan(0);
    expect(store.usedOn(pair.alice.deviceId, day)).toBe(0);
  });

  it('17 takes the chain of a revoked device up to its cut, and nothing past it', () => {
    const home = createHousehold(24);
    const { scopeId } = home.state;
    const desk = createDesk();
    const chain = createChain({ world: home, state: home.states[2] }, home.writer);
    const [kept, late] = [chain.next(), chain.next()];
    const revoke = createRevoke({
      state: home.states[2],
      signer: home.admin,
      subject: home.writer.deviceId,
      cut: { sequence: 1, batchId: kept.batchId },
      epochKey: home.epochKey,
      newEpochKey: createEpochKey(home.randomBytes),
    });
    const admin = desk.found(home.admin, { scopeId, entries: [...home.entries.slice(0, 3), revoke] });
    const frontier = { [home.writer.deviceId]: [1, kept.batchId] } as const;
    desk.say(admin, { type: 'hello', scopeId, frontier, logSequence: 3 });
    const message = { type: 'seed', scopeId, deviceId: home.writer.deviceId } as const;
    const effects = desk.say(admin, { ...message, batches: [kept.bytes, late.bytes] });
    expect(sentTo(admin, effects)).toMatchObject([
      { code: 'E_BAD_BATCH', message: expect.stringContaining('The device was revoked') },
      { type: 'seeded', sequence: 1 },
    ]);
  });
});

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[300] = (copy[300] as number) ^ 4;
  return copy;
}
