import { createMemoryRelayStore } from '../../../src/relay/memory-store.ts';
import type { RelayMessage } from '../../../src/sync/wire/messages.ts';
import type { SessionEffect } from '../../../src/sync/ground/session.ts';
import { type OwnBatch, createChain, createPair } from '../relay/members.ts';
import { type Network, type TestDevice, createNetwork } from './network.ts';

export interface Setup {
  readonly network: Network;
  readonly a: TestDevice;
  readonly b: TestDevice;
}

export const pair = createPair(1);

const alice = createChain(pair, pair.alice);

const bob = createChain(pair, pair.bob);

export const alices = Array.from({ length: 120 }, () => alice.next());

export const bobs = Array.from({ length: 5 }, () => bob.next());

/** Alice founds the scope at the relay; bob's session is not started. */
export function setup(policy = {}): Setup {
  const network = createNetwork(createMemoryRelayStore(), policy);
  const a = network.add(pair.alice, pair.scopeId, pair.entries);
  const b = network.add(pair.bob, pair.scopeId, pair.entries);
  return { network, a, b };
}

export function start({ network, a, b }: Setup): void {
  a.step({ type: 'resume' });
  network.settle();
  b.step({ type: 'resume' });
  network.settle();
}

export const batch = (list: readonly OwnBatch[], sequence: number): OwnBatch => list[sequence - 1] as OwnBatch;

export const onlineScope = (device: TestDevice) => {
  const { state } = device.session;
  return state.state === 'online' ? state.scopes[pair.scopeId] : undefined;
};

export const ofType = <T extends SessionEffect['type']>(device: TestDevice, type: T) =>
  device.effects.filter((effect): effect is Extract<SessionEffect, { type: T }> => effect.type === type);

export const say = (device: TestDevice, message: RelayMessage): void => device.step({ type: 'message', message });

/** A world in which Alice has written so many batches, all of them at the relay, and has gone away since. */
export function pausedAfter(count: number): Setup {
  const world = setup();
  start(world);
  alices.slice(0, count).forEach((next) => world.a.append(next));
  world.network.settle();
  world.a.step({ type: 'pause' });
  return world;
}
