import { assert } from '../../src/base/assert.ts';
import type { CollectionName, ScopeId } from '../../src/base/ids.ts';
import { receiveAll } from './receive-all.ts';
import { type Pair, type SetupOptions, batchesLacking, setupPair } from './setup-pair.ts';
import { team } from './team.ts';
import type { TestDevice } from './test-device.ts';

export interface TwoWorkspaces extends Pair {
  /** The workspace that was joined second. */
  readonly team: ScopeId;
}

/** Two devices in two workspaces; what is exchanged are both. */
export function setupTwoWorkspaces(options: SetupOptions = {}): TwoWorkspaces {
  const pair = setupPair(options);
  const teamScope = joinTeam(pair);
  return {
    ...pair,
    team: teamScope,
    exchange() {
      pair.exchange();
      exchangeIn(pair.all, teamScope);
      pair.exchange();
    },
  };
}

/** A workspace that all devices of a world join beside the one that they have. */
export function joinTeam(world: Parameters<typeof team>[0]): ScopeId {
  const { scope, entries } = team(world, 1, 'workspace');
  for (const { replica } of world.all) {
    assert(replica.adoptScope(entries, new Map([[1, scope.epochKey]])).ok, 'it is joined');
  }
  return scope.scopeId;
}

export function exchangeIn(devices: readonly TestDevice[], scopeId: ScopeId): void {
  for (const from of devices) {
    for (const to of devices.filter((device) => device !== from)) {
      receiveAll(to.replica, scopeId, batchesLacking(from, to, scopeId));
    }
  }
}

/** Chooses a scope for a collection, and reads all of its log. */
export function choose({ replica }: Pick<TestDevice, 'replica'>, collection: string, scopeId: ScopeId): void {
  const chosen = replica.chooseScope(collection as CollectionName, scopeId);
  assert(chosen.ok, chosen.ok ? '' : chosen.error.message);
  learn({ replica });
}

/** Reads the logs that were chosen; answers in how many turns. */
export function learn({ replica }: Pick<TestDevice, 'replica'>): number {
  return [...replica.learnScopes()].length;
}
