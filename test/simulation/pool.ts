import { assert } from '../../src/base/assert.ts';
import { base64urlFromBytes } from '../../src/base/bytes.ts';
import type { UserId } from '../../src/base/ids.ts';
import type { ScopeKind } from '../../src/contract/manifest.ts';
import { type DeviceKeys, type RootKeys, createDeviceKeys, rootKeysFromEntropy } from '../../src/crypto/keys.ts';
import { loadBindings } from '../../src/daemon/bindings.ts';
import { createGenesis } from '../../src/membership/create.ts';
import { parseEntry, signEntry } from '../../src/membership/entry.ts';
import type { Bindings } from '../../src/replica/port.ts';
import { type Random, createRandom } from './random.ts';

/** A membership log of one entry, and the key of its first epoch. */
export interface PooledScope {
  readonly entry: Uint8Array;
  readonly epochKey: Uint8Array;
}

/** Devices of one person that share a profile and a workspace; made once, because making keys is slow. */
export interface Household {
  readonly userId: UserId;
  readonly devices: readonly DeviceKeys[];
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
  return {
    userId: root.userId,
    devices,
    profile: createScope('profile', root, devices, random),
    workspace: createScope('workspace', root, devices, random),
  };
}

function createScope(kind: ScopeKind, root: RootKeys, devices: readonly DeviceKeys[], random: Random): PooledScope {
  const epochKey = random.bytes(32);
  const { entryBytes } = createGenesis({
    kind,
    root,
    userId: root.userId,
    devices: devices.map((keys, index) => ({
      deviceId: keys.deviceId,
      keys: { sign: keys.sign.publicKey, box: keys.box.publicKey },
      role: 'admin',
      authorities: [],
      label: `device ${index}`,
    })),
    epochKey,
    nonce: random.bytes(32),
    historyForNew: true,
  });
  return { entry: withFixedWraps(entryBytes, root, random), epochKey };
}

/** Sealed boxes draw randomness that no seed controls; nobody opens them here, so drawn bytes take their place. */
function withFixedWraps(entryBytes: Uint8Array, root: RootKeys, random: Random): Uint8Array {
  const parsed = parseEntry(entryBytes);
  assert(parsed.ok && parsed.value.entry.t === 'genesis', 'a genesis that was just made can be read');
  const { entry } = parsed.value;
  const wraps = new Map([...entry.epoch.wraps].map(([party, wrap]) => [party, drawnLike(wrap, random)]));
  return signEntry({ ...entry, epoch: { ...entry.epoch, wraps } }, root.sign.secretKey);
}

function drawnLike(text: string, random: Random): string {
  return base64urlFromBytes(random.bytes(Math.floor((text.length * 3) / 4)));
}
