import { describe, expect, it } from 'vitest';
import type { CollectionName, EngineId, ScopeId } from '../../../src/base/ids.ts';
import type { Config } from '../../../src/daemon/ground/config.ts';
import { createEventRing } from '../../../src/daemon/ground/event-ring.ts';
import { parseListen } from '../../../src/daemon/ground/listen-address.ts';
import { createOutbox } from '../../../src/daemon/relays/outbox.ts';
import { createEngineSwitch, createSyncSwitch } from '../../../src/daemon/engines/switches.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { shippedBindings } from '../../helpers/household.ts';

const collection = (name: string): CollectionName => name as CollectionName;
const scope = (name: string): ScopeId => name as ScopeId;

describe('the event ring', () => {
  const event = { type: 'record.changed', data: { id: 'x' } } as const;

  it('OA8 what was seen of an earlier run is a gap, however few events there are now', () => {
    const ring = createEventRing(3, () => 0, 5000);
    ring.add({ type: 'key.rotated', data: {} });
    ring.add({ type: 'key.rotated', data: {} });
    const ids = (after: number): readonly unknown[] => [
      ring.since(after).gap,
      ...ring.since(after).events.map(({ id }) => id),
    ];
    expect([ids(1), ids(4999), ids(5000), ids(5001), ids(5002), ids(5003)]).toEqual([
      [true, 5001, 5002],
      [true, 5001, 5002],
      [false, 5001, 5002],
      [false, 5002],
      [false],
      [true],
    ]);
  });

  it('numbers events from 1 and keeps the latest', () => {
    const ring = createEventRing(3, () => 0);
    expect(ring.since(0)).toEqual({ events: [], gap: false });
    for (let count = 1; count <= 5; count += 1) {
      ring.add(event);
    }
    expect(ring.lastId).toBe(5);
    expect(ring.since(2)).toEqual({
      events: [3, 4, 5].map((id) => ({ ...event, id, at: '1970-01-01T00:00:00.000Z' })),
      gap: false,
    });
    expect(ring.since(5)).toEqual({ events: [], gap: false });
  });

  it.each([
    [0, true, [3, 4, 5]],
    [1, true, [3, 4, 5]],
    [2, false, [3, 4, 5]],
    [4, false, [5]],
    [6, true, []],
    [-7, true, [3, 4, 5]],
  ])('after %i of five with three kept: gap %s', (id, gap, kept) => {
    const ring = createEventRing(3, () => 0);
    for (let count = 1; count <= 5; count += 1) {
      ring.add(event);
    }
    const since = ring.since(id);
    expect(since.gap).toBe(gap);
    expect(since.events.map((one) => one.id)).toEqual(kept);
  });

  it('tells listeners until they leave', () => {
    const ring = createEventRing(3, () => 0);
    const heard: number[] = [];
    const leave = ring.subscribe(({ id }) => heard.push(id));
    ring.add(event);
    leave();
    ring.add(event);
    expect(heard).toEqual([1]);
  });
});

describe('the outbox', () => {
  it('counts own changes by collection until the relay has them', () => {
    const outbox = createOutbox();
    const changes = (shell: number, inbox: number): Map<CollectionName, number> =>
      new Map([
        [collection('shell'), shell],
        [collection('inbox'), inbox],
      ]);
    outbox.appended(scope('p'), { sequence: 1, changes: changes(2, 0) });
    outbox.appended(scope('p'), { sequence: 2, changes: changes(1, 3) });
    outbox.appended(scope('w'), { sequence: 1, changes: changes(5, 0) });
    const counts = (): readonly number[] => [
      outbox.changes(collection('shell')),
      outbox.changes(collection('inbox')),
      outbox.batches(scope('p')),
    ];
    expect(counts()).toEqual([8, 3, 2]);
    outbox.acknowledged(scope('p'), 1);
    expect(counts()).toEqual([6, 3, 1]);
    outbox.acknowledged(scope('p'), 1);
    outbox.acknowledged(scope('unknown'), 9);
    expect(counts()).toEqual([6, 3, 1]);
    outbox.acknowledged(scope('p'), 9);
    expect(counts()).toEqual([5, 0, 0]);
  });
});

describe('switches', () => {
  const shell = 'sourceos.sync.shell' as EngineId;
  const config = (enabled?: boolean): Config => ({
    ...{
      label: '',
      relayUrl: null,
      relays: [],
      localOnly: false,
      policyFloor: {},
      tombstonesExpireDays: 180,
      largestFileBytes: 1024 ** 3,
      logLevel: 'info',
      origins: [],
      notifications: true,
      hooks: {},
    },
    engines: enabled === undefined ? {} : { [shell]: { enabled } },
  });

  it('a person wins over the configuration, which wins over the manifest; what a person chose survives a restart', () => {
    const store = createMemoryStore();
    const bindings = shippedBindings();
    expect(createEngineSwitch(store, () => config(), bindings).isEnabled(shell)).toBe(true);
    const engines = createEngineSwitch(store, () => config(false), bindings);
    expect(engines.isEnabled(shell)).toBe(false);
    engines.set(shell, true);
    expect(engines.isEnabled(shell)).toBe(true);
    expect(createEngineSwitch(store, () => config(false), bindings).isEnabled(shell)).toBe(true);
    expect(engines.isEnabled('sourceos.sync.nothing' as EngineId)).toBe(false);
  });

  it('pausing survives a restart', () => {
    const store = createMemoryStore();
    expect(createSyncSwitch(store).paused).toBe(false);
    createSyncSwitch(store).set(true);
    const restarted = createSyncSwitch(store);
    expect(restarted.paused).toBe(true);
    restarted.set(false);
    expect(createSyncSwitch(store).paused).toBe(false);
  });
});

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:7342', { host: '127.0.0.1', port: 7342 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65535 }],
    ['::1:80', undefined],
    ['[::1]', undefined],
    ['[localhost]:80', undefined],
    ['localhost', undefined],
    [':80', undefined],
    ['', undefined],
    ['localhost:', undefined],
    ['localhost:65536', undefined],
    ['localhost:-1', undefined],
    ['localhost:80x', undefined],
    ['localhost:80\n', undefined],
    ['ws://localhost:80', undefined],
    ['lo cal:80', undefined],
    ['a/b:80', undefined],
  ])('%j', (text, address) => {
    expect(parseListen(text)).toEqual(address);
  });
});
