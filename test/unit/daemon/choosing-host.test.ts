import { expect, it } from 'vitest';
import type { LinkBody } from '../../../src/api/types/links.ts';
import type { CollectionName, ScopeId } from '../../../src/base/ids.ts';
import { stateOf } from '../../../src/lifecycle/state-of.ts';
import { createOutbox } from '../../../src/daemon/relays/outbox.ts';
import { engineFacts } from '../../../src/daemon/relays/engine-facts.ts';
import { type ChoosingHost, createChoosingHost } from '../../../src/daemon/members/choosing-host.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import { calm } from '../../helpers/calm-surroundings.ts';
import { type TwoWorkspaces, choose, setupTwoWorkspaces } from '../../helpers/two-workspaces.ts';

const workspace = 'workspace' as CollectionName;
const node = ['workspace', 'w'] as const;

interface World extends TwoWorkspaces {
  readonly host: ChoosingHost;
  readonly binding: CollectionBinding;
  /** What was done, in order. */
  readonly done: string[];
  readonly disk: { takes: boolean };
  /** Linked folders that stand not still. */
  readonly followed: LinkBody[];
  /** Does what was left for later, until nothing is. */
  readonly goOn: () => void;
}

/** Device b chose the other workspace and wrote there; a has a host. */
function setup(): World {
  const world = setupTwoWorkspaces();
  choose(world.b, 'workspace', world.team);
  world.b.put(node, { kind: 'task', title: 'ours' });
  world.exchange();
  const [done, left, disk] = [[] as string[], [] as (() => void)[], { takes: true }];
  const followed: LinkBody[] = [];
  const { replica } = world.a;
  const host = createChoosingHost({
    store: world.a.disk,
    replica: {
      ...replica,
      chooseScope(...choice) {
        done.push('chosen');
        return replica.chooseScope(...choice);
      },
    },
    links: {
      async endFollowing(engineId) {
        followed.length = 0;
        done.push(`stopped ${engineId}`);
      },
      list: () => followed,
      startAll: async () => void done.push('started'),
    },
    later: (step) => {
      left.push(step);
      return () => void left.splice(left.indexOf(step), 1);
    },
    guard(work) {
      if (disk.takes) {
        work();
      }
      return disk.takes;
    },
    changed: (reason) => void done.push(reason),
    warn() {},
  });
  return {
    ...{ ...world, host, done, disk, followed },
    binding: world.a.bindings.ofCollection(workspace) as CollectionBinding,
    goOn() {
      for (let step = left.shift(); step !== undefined; step = left.shift()) {
        step();
      }
    },
  };
}

it('42 folders stand still before another workspace is chosen, and go on once its log is read', async () => {
  const { host, binding, team, done, goOn, a } = setup();
  expect(await host.use(team, binding, false)).toMatchObject({ ok: true, value: { executed: false } });
  expect(done).toEqual([]);
  expect(await host.use(team, binding, true)).toMatchObject({ ok: true, value: { executed: true } });
  const stopped = 'stopped sourceos.sync.workspace';
  expect(done).toEqual([stopped, 'chosen', stopped, 'scope_chosen']);
  goOn();
  expect(done.slice(4)).toEqual(['started', 'scope_read']);
  host.wake();
  goOn();
  expect(done).toHaveLength(6);
  expect(a.fields(node)).toEqual({ kind: 'task', title: 'ours' });
});

it('42 files that are not in step yet are counted before their folder stands still', async () => {
  const { host, binding, team, followed, a } = setup();
  const { engineId } = binding.manifest;
  const folder = (path: string, apart: readonly string[]): LinkBody => ({
    ...{ path, root: path, engineId, collection: workspace, state: 'following', files: 1, watching: true },
    ...{ pausedReason: null, pausedSince: null, rests: false, lastScanAt: null, problems: [], waits: false },
    notInStep: {
      ...{ count: apart.length, isLasting: true },
      first: apart.map((file) => ({ path: file, reason: 'It is large.', remedy: 'Start the relay.' })),
    },
  });
  for (const root of ['/large', '/whole', '/in-step']) {
    a.disk.links.put({ engineId, root });
  }
  followed.push(
    folder('/large', ['a', 'b', '']),
    folder('/whole', ['']),
    folder('/in-step', []),
    folder('/other', ['c']),
  );
  const notInStep = [{ path: '/large', count: 2 }];
  expect(await host.use(team, binding, false)).toMatchObject({ value: { executed: false, notInStep } });
  expect(await host.use(team, binding, true)).toMatchObject({ value: { executed: true, notInStep } });
  expect(followed).toEqual([]);
});

it('42 what is refused stops no folder', async () => {
  const { host, binding, profile, done } = setup();
  expect(await host.use(profile, binding, true)).toMatchObject({ error: { kind: 'conflict' } });
  expect(await host.use('nobody', binding, true)).toMatchObject({ error: { kind: 'not_found' } });
  expect(done).toEqual([]);
});

it('42 a disk that takes nothing leaves the log to be read once it is well', async () => {
  const { host, binding, team, done, disk, goOn, a } = setup();
  await host.use(team, binding, true);
  disk.takes = false;
  goOn();
  expect([a.replica.isLearning(workspace), done.includes('started')]).toEqual([true, false]);
  disk.takes = true;
  host.wake();
  goOn();
  expect([a.replica.isLearning(workspace), done.includes('started')]).toEqual([false, true]);
});

it('42 a choice that the store does not take leaves the folders as they were', async () => {
  const { host, binding, team, done, goOn, a } = setup();
  a.failing.arm(12);
  await expect(host.use(team, binding, true)).rejects.toThrow();
  a.failing.disarm();
  goOn();
  expect([a.replica.isLearning(workspace), done.at(-2)]).toEqual([false, 'started']);
  expect((await host.use(team, binding, true)).ok).toBe(true);
});

it('42 until it is read the engine says that it is syncing', async () => {
  const { host, binding, team, goOn, a } = setup();
  const state = (): string =>
    stateOf({
      ...engineFacts({
        binding,
        enabled: true,
        replica: a.replica,
        store: a.disk,
        outbox: createOutbox(),
        around: calm,
      }),
      ...{ relayConfigured: true, relay: 'online', localOnly: false, caughtUp: true, lastHeartbeatVerified: true },
    }).state;
  const before = state();
  await host.use(team, binding, true);
  expect([state(), state() === before]).toEqual(['engine_syncing', false]);
  goOn();
  expect(state()).toBe(before);
});

it('42 who chooses by id means that scope', async () => {
  const { host, binding, workspace: own } = setup();
  expect(await host.use(own as ScopeId, binding, true)).toMatchObject({ value: { from: own, to: own } });
});
