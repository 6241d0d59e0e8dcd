import { assert } from '../../src/base/assert.ts';
import type { ScopeId, UserId } from '../../src/base/ids.ts';
import type { ScopeKind } from '../../src/contract/manifest.ts';
import { type DeviceKeys, type RootKeys, createDeviceKeys, rootKeysFromEntropy } from '../../src/crypto/keys.ts';
import { loadBindings } from '../../src/daemon/bindings.ts';
import { createGenesis } from '../../src/membership/create.ts';
import type { Role } from '../../src/membership/state.ts';
import type { Bindings } from '../../src/replica/port.ts';
import { type Random, createRandom } from './random.ts';
import { withEntropyOf } from './seeded-entropy.ts';

/** A membership log of one entry, and the key of its first epoch. */
export interface PooledScope {
  readonly scopeId: ScopeId;
  readonly entry: Uint8Array;
  readonly epochKey: Uint8Array;
}

/** Devices of one person that share a profile and a workspace; made once, because making keys is slow. */
export interface Household {
  readonly userId: UserId;
  readonly root: RootKeys;
  /** Administrators from the beginning. */
  readonly devices: readonly DeviceKeys[];
  /** A writer from the beginning, and whoever holds its keys means harm. */
  readonly attacker: DeviceKeys;
  /** Under these a device that was revoked comes back. */
  readonly newcomer: DeviceKeys;
  /** Never a member of anything. */
  readonly stranger: DeviceKeys;
  readonly profile: PooledScope;
  readonly workspace: PooledScope;
}

const households = new Map<number, Household>();
let bindings: Bindings | undefined;

/** Every shipped manifest with its engine, as the daemon binds them. */
export function sharedBindings(): Bindings {
  if (bindings === undefined) {
    const loaded = loadBindings([], {});
    assert(loaded.problems.length === 0, 'the shipped manifests have no problem');
    bindings = loaded.bindings;
  }
  return bindings;
}

export function householdOf(size: number): Household {
  const held = households.get(size) ?? createHousehold(size);
  households.set(size, held);
  return held;
}

function createHousehold(size: number): Household {
  const random = createRandom(size, 'household');
  const root = rootKeysFromEntropy(random.bytes(16));
  const devices = Array.from({ length: size }, () => createDeviceKeys(random.bytes));
  const [attacker, newcomer, stranger] = Array.from({ length: 3 }, () => createDeviceKeys(random.bytes)) as [
    DeviceKeys,
    DeviceKeys,
    DeviceKeys,
  ];
  const members = [
    ...devices.map((keys) => ({ keys, role: 'admin' as const })),
    { keys: attacker, role: 'writer' as const },
  ];
  return {
    userId: root.userId,
    root,
    devices,
    attacker,
    newcomer,
    stranger,
    profile: createScope('profile', root, members, random),
    workspace: createScope('workspace', root, members, random),
  };
}

function createScope(
  kind: ScopeKind,
  root: RootKeys,
  members: readonly { readonly keys: DeviceKeys; readonly role: Role }[],
  random: Random,
): PooledScope {
  const epochKey = random.bytes(32);
  const nonce = random.bytes(32);
  const { scopeId, entryBytes } = withEntropyOf(random, () =>
    createGenesis({
      kind,
      root,
      userId: root.userId,
      devices: members.map(({ keys, role }, index) => ({
        deviceId: keys.deviceId,
        keys: { sign: keys.sign.publicKey, box: keys.box.publicKey },
        role,
        authorities: [],
        label: `device ${index}`,
      })),
      epochKey,
      nonce,
      historyForNew: true,
    }),
  );
  return { scopeId, entry: entryBytes, epochKey };
}
