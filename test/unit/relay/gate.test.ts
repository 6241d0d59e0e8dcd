import { describe, expect, it } from 'vitest';
import { neighbourhoodOf } from '../../../src/relay/addresses.ts';
import { type Gate, createGate } from '../../../src/relay/door/gate.ts';
import { type StrangerLimits, defaultPolicy } from '../../../src/relay/policy.ts';

const reasonsOf = (gate: Gate, nowMs: number) =>
  gate.look(nowMs).flatMap((order) => (order.type === 'dismiss' ? [[order.id, order.reason] as const] : []));
const dismissed = (gate: Gate, nowMs: number): readonly number[] => reasonsOf(gate, nowMs).map(([id]) => id);
const admitted = (gate: Gate, nowMs: number): readonly number[] =>
  gate.look(nowMs).flatMap((order) => (order.type === 'admit' ? [order.id] : []));

function createSmallGate(policy: Partial<StrangerLimits>): Gate {
  return createGate({ ...defaultPolicy, ...policy });
}

/** Connections `from` to `to` come from an address, and are let in as far as there is room. */
function come(gate: Gate, address: string, [from, to]: readonly [number, number], nowMs: number): readonly number[] {
  for (let id = from; id <= to; id++) {
    gate.arrive(id, address, nowMs);
  }
  return admitted(gate, nowMs);
}

describe('the gate', () => {
  it('2a lets in whoever comes while there is room', () => {
    const gate = createSmallGate({});
    expect(come(gate, 'a', [1, 3], 0)).toEqual([3, 2, 1]);
    expect([gate.seats, gate.waiting]).toEqual([3, 0]);
    [1, 2, 3].forEach((id) => gate.leave(id));
    expect([gate.seats, gate.waiting]).toEqual([0, 0]);
  });

  it('2a when it is full the oldest goes, not before it had its fair time', () => {
    const gate = createSmallGate({ strangers: 2 });
    come(gate, 'a', [1, 1], 0);
    come(gate, 'a', [2, 2], 500);
    expect(come(gate, 'b', [3, 3], 1000)).toEqual([]);
    expect(gate.look(2000)).toMatchObject([
      { type: 'dismiss', id: 1, reason: expect.stringContaining('try again') },
      { type: 'admit', id: 3 },
    ]);
  });

  it('2a of several addresses that which has most gives up its oldest', () => {
    const gate = createSmallGate({ strangers: 4 });
    come(gate, 'a', [1, 1], 0);
    come(gate, 'b', [2, 4], 100);
    gate.arrive(5, 'c', 5000);
    expect(dismissed(gate, 5000)).toEqual([4]);
  });

  it('2a an address has no more than its own, and others come in past it', () => {
    const gate = createSmallGate({ strangersPerAddress: 2 });
    expect(come(gate, 'a', [1, 50], 0)).toEqual([50, 49]);
    expect(come(gate, 'b', [51, 51], 1)).toEqual([51]);
    expect([gate.seats, gate.waiting]).toEqual([3, 48]);
  });

  it('2a the last that came is let in first: it waits still', () => {
    const gate = createSmallGate({ strangersPerAddress: 2 });
    come(gate, 'a', [1, 50], 0);
    gate.arrive(60, 'a', 2000);
    expect(gate.look(2000).slice(0, 2)).toMatchObject([
      { type: 'dismiss', id: 50 },
      { type: 'admit', id: 60 },
    ]);
  });

  it('2a who pairs, or is a device of no scope here, goes after those who say nothing', () => {
    const gate = createSmallGate({ strangers: 2 });
    come(gate, 'a', [1, 1], 0);
    gate.become(1, 'settled');
    come(gate, 'b', [2, 2], 100);
    gate.arrive(3, 'c', 5000);
    expect(dismissed(gate, 5000)).toEqual([2]);
    gate.become(3, 'settled');
    gate.arrive(4, 'd', 9000);
    expect(dismissed(gate, 9000)).toEqual([1]);
  });

  it('2a admits at a rate, and addresses take turns', () => {
    const gate = createSmallGate({ admissionsPerSecond: 4 });
    for (let id = 1; id <= 9; id++) {
      gate.arrive(id, id === 9 ? 'b' : 'a', 0);
    }
    expect(admitted(gate, 0)).toEqual([8, 9, 7, 6]);
    expect(admitted(gate, 250)).toEqual([5]);
    expect(admitted(gate, 10_000)).toHaveLength(4);
  });

  it('2a who waits too long is told so, and the longest queue gives way to others', () => {
    const gate = createSmallGate({ strangersPerAddress: 1, waiting: 3 });
    come(gate, 'a', [4, 4], 0);
    come(gate, 'a', [1, 3], 0);
    expect(gate.waiting).toBe(3);
    gate.arrive(5, 'b', 10);
    expect(gate.look(10)).toEqual([
      { type: 'dismiss', id: 1, reason: 'too many wait at this relay: try again' },
      { type: 'admit', id: 5 },
    ]);
    gate.become(4, 'settled');
    gate.tick(10_005, 0);
    expect(reasonsOf(gate, 10_005)).toEqual([
      [2, 'the relay is busy: try again'],
      [3, 'the relay is busy: try again'],
    ]);
  });

  it('2b who asks for no WebSocket in ten seconds goes; time in which the relay did not read does not count', () => {
    const gate = createSmallGate({});
    come(gate, 'a', [1, 2], 0);
    gate.become(2, 'stranger');
    gate.tick(12_000, 5000);
    expect(dismissed(gate, 12_000)).toEqual([]);
    gate.tick(16_000, 0);
    expect(reasonsOf(gate, 16_000)).toEqual([[1, 'no WebSocket was asked for in time']]);
  });

  it('2c of an address that holds too much the heaviest goes, and of all when all hold too much', () => {
    const gate = createSmallGate({ strangerBytesPerAddress: 100, strangerBytes: 150 });
    come(gate, 'a', [1, 2], 0);
    come(gate, 'b', [3, 3], 0);
    gate.hold(1, 30);
    gate.hold(2, 60);
    expect(dismissed(gate, 0)).toEqual([]);
    gate.hold(1, 50);
    expect(dismissed(gate, 0)).toEqual([2]);
    gate.hold(3, 90);
    expect(dismissed(gate, 0)).toEqual([]);
    gate.hold(3, 99);
    gate.hold(1, 60);
    expect(dismissed(gate, 0)).toEqual([3]);
    gate.hold(1, 0);
    gate.leave(1);
    expect(gate.seats).toBe(0);
  });

  it('2d whom a proxy brings is counted as whom the proxy names, and the proxy as nobody', () => {
    const gate = createSmallGate({ strangersPerAddress: 1 });
    for (const id of [1, 2, 3]) {
      gate.arrive(id, undefined, 0);
    }
    expect(admitted(gate, 0)).toEqual([1, 2, 3]);
    gate.move(1, 'a', 3000);
    gate.move(2, 'b', 3000);
    gate.move(3, 'a', 3000);
    expect(dismissed(gate, 3000)).toEqual([1]);
    expect(gate.seats).toBe(2);
  });
});

describe('an address', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unix:', undefined],
    ['', undefined],
  ])('%s is counted as %s', (address, neighbourhood) => {
    expect(neighbourhoodOf(address)).toBe(neighbourhood);
  });
});
