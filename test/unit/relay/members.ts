import { bytesFromHashId } from '../../../src/base/ids.ts';
import type { BatchId, ScopeId } from '../../../src/base/ids.ts';
import type { DeviceKeys } from '../../../src/crypto/keys.ts';
import { sealBatch } from '../../../src/log/sealing.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import { type World, addOf, createWorld, deviceFrom, seededBytes, valueOf } from '../membership/fixtures.ts';

/** A scope of two real devices: alice founded it, bob was added. */
export interface Pair {
  readonly world: World;
  readonly scopeId: ScopeId;
  readonly alice: DeviceKeys;
  readonly bob: DeviceKeys;
  readonly entries: readonly Uint8Array[];
  readonly state: ScopeState;
}

export function createPair(seed: number): Pair {
  const world = createWorld(seed);
  const bob = deviceFrom(seed + 5000);
  const entries = [world.genesis, addOf({ world, state: world.state, device: bob })];
  return { world, scopeId: world.state.scopeId, alice: world.admin, bob, entries, state: valueOf(foldScope(entries)) };
}

export interface OwnBatch {
  readonly sequence: number;
  readonly batchId: BatchId;
  readonly bytes: Uint8Array;
}

/** Seals batches of one device, one after the other; content has about `sizeBytes` incompressible bytes. */
export function createChain(
  pair: Pick<Pair, 'world' | 'state'>,
  keys: DeviceKeys,
): { next(sizeBytes?: number, logSequence?: number): OwnBatch } {
  const randomBytes = seededBytes(keys.sign.publicKey[0] ?? 0);
  let last: OwnBatch | undefined;
  return {
    next(sizeBytes = 40, logSequence = pair.state.sequence) {
      const { state, world } = pair;
      const sequence = (last?.sequence ?? 0) + 1;
      const sealed = sealBatch(
        {
          scopeId: state.scopeId,
          sequence,
          previous: last === undefined ? new Uint8Array(32) : bytesFromHashId(last.batchId),
          logSequence,
          logHead: state.heads[logSequence] as Uint8Array,
          epoch: 1,
          kind: 'changes',
        },
        {
          deviceKeys: keys,
          epochKey: world.epochKey,
          records: [randomBytes(sizeBytes)],
          random: randomBytes(32),
        },
      );
      last = { sequence, ...sealed };
      return last;
    },
  };
}
