import { beforeEach, describe, expect, it } from 'vitest';
import type { PresenceState } from '../../../../src/api/ports/messages.ts';
import { type PresenceTable, createPresenceTable, presenceTimeoutMs } from '../../../../src/api/live/presence-table.ts';

const here = (client: number, clock: number, state = '{}'): PresenceState => ({ client, clock, state });
const gone = (client: number, clock: number): PresenceState => here(client, clock, 'null');

let table: PresenceTable<string>;

beforeEach(() => {
  // Owners beginning with "device" are other devices.
  table = createPresenceTable((from, to) => !from.startsWith('device') && !to.startsWith('device'));
  table.take('one', [here(1, 5, '"first"')], 0);
});

describe('LC8 who is at a record', () => {
  it.each<[string, string, PresenceState, boolean]>([
    ['a newer clock', 'one', here(1, 6), true],
    ['the same again', 'one', here(1, 5, '"first"'), false],
    ['the same clock with another state', 'one', here(1, 5, '"second"'), false],
    ['an older clock', 'one', here(1, 4), false],
    ['a goodbye at the same clock', 'one', gone(1, 5), true],
    ['a goodbye at an older clock', 'one', gone(1, 4), false],
    ['the goodbye of somebody unknown', 'one', gone(2, 9), false],
    ['an echo by another connection', 'two', here(1, 5, '"first"'), false],
    ['a goodbye by another connection, which waited in vain', 'two', gone(1, 5), false],
    ['a newer state on another connection: the editor came back', 'two', here(1, 6), true],
    ['a newer state by another device', 'device', here(1, 6), false],
    ['somebody new', 'two', here(2, 0), true],
  ])('%s', (_name, owner, state, isNews) => {
    expect(table.take(owner, [state], 1)).toEqual(isNews ? [state] : []);
  });

  it('what another device brought is changed by it alone', () => {
    table.take('device b', [here(7, 1)], 0);
    expect(table.take('one', [here(7, 2)], 1)).toEqual([]);
    expect(table.take('device c', [here(7, 2)], 1)).toEqual([]);
    expect(table.take('device b', [here(7, 2)], 1)).toHaveLength(1);
  });

  it('an owner that leaves takes along what is its own', () => {
    table.take('two', [here(2, 3)], 0);
    expect(table.leave('one')).toEqual([gone(1, 5)]);
    expect(table.states()).toEqual([here(2, 3)]);
    expect(table.states((owner) => owner === 'one')).toEqual([]);
    expect(table.leave('one')).toEqual([]);
  });

  it('what an owner says is all that it has replaces what it had', () => {
    table.take('device', [here(7, 1), here(8, 1)], 0);
    expect(table.replace('device', [here(8, 2), here(9, 1)], 1)).toEqual([gone(7, 1), here(8, 2), here(9, 1)]);
    expect(table.replace('device', [here(8, 2), here(9, 1)], 2)).toEqual([]);
    expect(table.states()).toEqual([here(1, 5, '"first"'), here(8, 2), here(9, 1)]);
  });

  it('who is silent for 30 s is gone, and comes back with what it said last', () => {
    table.take('two', [here(2, 1)], 1000);
    expect(table.expire(presenceTimeoutMs - 1)).toEqual([]);
    expect(table.expire(presenceTimeoutMs)).toEqual([gone(1, 5)]);
    expect(table.states()).toEqual([here(2, 1)]);
    expect(table.take('one', [here(1, 5)], presenceTimeoutMs)).toHaveLength(1);
  });

  it('at most 256 are remembered', () => {
    const crowd = Array.from({ length: 300 }, (_, index) => here(1000 + index, 1));
    expect(table.take('two', crowd, 0)).toHaveLength(255);
    expect(table.states()).toHaveLength(256);
  });
});
