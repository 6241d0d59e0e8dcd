import { assert } from '../../src/base/assert.ts';
import type { ScopeId, UserId } from '../../src/base/ids.ts';
import type { ScopeKind } from '../../src/contract/manifest.ts';
import { type DeviceKeys, type RootKeys, createDeviceKeys, rootKeysFromEntropy } from '../../src/crypto/keys.ts';
import { loadBindings } from '../../src/daemon/engines/bindings.ts';
import { createGenesis } from '../../src/membership/log/create.ts';
import { type Authority, type Role, authorities } from '../../src/membership/parse/state.ts';
import type { Bindings } from '../../src/replica/names/binding.ts';
import { ledgerFolder } from '../helpers/ledger.ts';
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

const households = new Map<string, Household>();
let bindings: Bindings | undefined;

/** Every shipped manifest with its engine and a ledger, which takes entries of its members, as the daemon binds them. */
export function sharedBindings(): Bindings {
  if (bindings === undefined) {
    const loaded = loadBindings([ledgerFolder], {});
    assert(loaded.problems.length === 0, 'the shipped manifests have no problem');
    bindings = loaded.bindings;
  }
  return bindings;
}

/** In a governed one the first device holds every authority, the second those over policy and agents. */
export function householdOf(size: number, kind: 'plain' | 'governed' = 'plain'): Household {
  const name = `${kind} ${size}`;
  const held = households.get(name) ?? createHousehold(size, kind);
  households.set(name, held);
  return held;
}

const authoritiesByDevice: readonly (readonly Authority[])[] = [authorities, ['policy', 'agents']];

function createHousehold(size: number, kind: 'plain' | 'governed'): Household {
  const random = createRandom(size, kind === 'plain' ? 'household' : 'household governed');
  const root = rootKeysFromEntropy(random.bytes(16));
  const devices = Array.from({ length: size }, () => createDeviceKeys(random.bytes));
  const [attacker, newcomer, stranger] = Array.from({ length: 3 }, () => createDeviceKeys(random.bytes)) as [
    DeviceKeys,
    DeviceKeys,
    DeviceKeys,
  ];
  const members = [
    ...devices.map((keys, index) => ({
      keys,
      role: 'admin' as const,
      authorities: (kind === 'governed' ? authoritiesByDevice[index] : undefined) ?? [],
    })),
    { keys: attacker, role: 'writer' as const, authorities: [] },
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
  members: readonly {
    readonly keys: DeviceKeys;
    readonly role: Role;
    readonly authorities: readonly Authority[];
  }[],
  random: Random,
): PooledScope {
  const epochKey = random.bytes(32);
  const nonce = random.bytes(32);
  const { scopeId, entryBytes } = withEntropyOf(random, () =>
    createGenesis({
      kind,
      root,
      userId: root.userId,
      devices: members.map(({ keys, role, authorities: held }, index) => ({
        deviceId: keys.deviceId,
        keys: { sign: keys.sign.publicKey, box: keys.box.publicKey },
        role,
        authorities: held,
        label: `device ${index}`,
      })),
      epochKey,
      nonce,
      historyForNew: true,
    }),
  );
  return { scopeId, entry: entryBytes, epochKey };
}
