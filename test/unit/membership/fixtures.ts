import { expect } from 'vitest';
import { assert } from '../../../src/base/assert.ts';
import { u32 } from '../../../src/base/bytes.ts';
import type { Result } from '../../../src/base/result.ts';
import type { ScopeKind } from '../../../src/contract/manifest.ts';
import type { Detail, ReasonCode } from '../../../src/contract/reasons.ts';
import { type Refusal, reasonText } from '../../../src/contract/verdict.ts';
import { sha256 } from '../../../src/crypto/hash.ts';
import {
  type DeviceKeys,
  type PublicKeys,
  type RandomBytes,
  type RootKeys,
  createDeviceKeys,
  rootKeysFromEntropy,
} from '../../../src/crypto/keys.ts';
import { createAdd, createGenesis, createRevoke } from '../../../src/membership/log/create.ts';
import type { LaterEntry, Position } from '../../../src/membership/parse/entry.ts';
import { signEntry } from '../../../src/membership/parse/entry-codec.ts';
import { createEpochKey } from '../../../src/membership/log/epoch.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import type { Authority, Role, ScopeState } from '../../../src/membership/parse/state.ts';

/** Bytes that only the seed decides: SHA-256 of seed and counter. */
export function seededBytes(seed: number): RandomBytes {
  let counter = 0;
  return (size) => {
    const bytes = new Uint8Array(size);
    for (let offset = 0; offset < size; offset += 32) {
      const block = sha256(new Uint8Array([...u32(seed), ...u32(counter++)]));
      bytes.set(block.subarray(0, Math.min(32, size - offset)), offset);
    }
    return bytes;
  };
}

export function deviceFrom(seed: number): DeviceKeys {
  return createDeviceKeys(seededBytes(seed));
}

export function rootFrom(seed: number): RootKeys {
  return rootKeysFromEntropy(seededBytes(seed)(16));
}

export function publicKeysOf(device: DeviceKeys): PublicKeys {
  return { sign: device.sign.publicKey, box: device.box.publicKey };
}

export interface World {
  readonly root: RootKeys;
  readonly admin: DeviceKeys;
  readonly epochKey: Uint8Array;
  readonly genesis: Uint8Array;
  readonly state: ScopeState;
  readonly randomBytes: RandomBytes;
}

/** A fresh scope with one admin. */
export function createWorld(seed: number, options?: { kind?: ScopeKind; historyForNew?: boolean }): World {
  const root = rootFrom(seed);
  const admin = deviceFrom(seed + 1000);
  const randomBytes = seededBytes(seed + 2000);
  const epochKey = createEpochKey(randomBytes);
  const { entryBytes } = createGenesis({
    kind: options?.kind ?? 'profile',
    root,
    userId: root.userId,
    devices: [
      { deviceId: admin.deviceId, keys: publicKeysOf(admin), role: 'admin', authorities: ['policy'], label: 'Desk' },
    ],
    epochKey,
    nonce: randomBytes(32),
    historyForNew: options?.historyForNew ?? true,
    nowMs: 1_700_000_000_000,
  });
  return { root, admin, epochKey, genesis: entryBytes, state: valueOf(foldScope([entryBytes])), randomBytes };
}

export function addOf(
  options: {
    readonly world: World;
    readonly state: ScopeState;
    readonly device: DeviceKeys;
  } & Partial<{
    signer: DeviceKeys;
    role: Role;
    authorities: readonly Authority[];
    epochKey: Uint8Array;
    label: string;
  }>,
): Uint8Array {
  const { world, state, device } = options;
  return createAdd({
    state,
    signer: options.signer ?? world.admin,
    member: {
      deviceId: device.deviceId,
      userId: world.root.userId,
      keys: publicKeysOf(device),
      role: options.role ?? 'writer',
      authorities: options.authorities ?? [],
    },
    epochKey: options.epochKey ?? world.epochKey,
    label: options.label ?? 'Laptop',
  });
}

/** A scope with an admin, a second admin and a writer, the writer revoked: genesis, add, add, revoke. */
export interface Household extends World {
  readonly second: DeviceKeys;
  readonly writer: DeviceKeys;
  readonly newEpochKey: Uint8Array;
  readonly entries: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  /** After each entry. */
  readonly states: readonly [ScopeState, ScopeState, ScopeState, ScopeState];
}

export function createHousehold(seed: number, options?: { kind?: ScopeKind; historyForNew?: boolean }): Household {
  const world = createWorld(seed, options);
  const second = deviceFrom(seed + 3000);
  const writer = deviceFrom(seed + 4000);
  const addSecond = addOf({ world, state: world.state, device: second, role: 'admin', label: 'Second desk' });
  const afterSecond = valueOf(foldScope([world.genesis, addSecond]));
  const addWriter = addOf({ world, state: afterSecond, device: writer });
  const afterWriter = valueOf(foldScope([world.genesis, addSecond, addWriter]));
  const newEpochKey = createEpochKey(world.randomBytes);
  const revoke = createRevoke({
    state: afterWriter,
    signer: world.admin,
    subject: writer.deviceId,
    cut: { sequence: 0, batchId: null },
    epochKey: world.epochKey,
    newEpochKey,
  });
  const entries = [world.genesis, addSecond, addWriter, revoke] as const;
  const states = [world.state, afterSecond, afterWriter, valueOf(foldScope(entries))] as const;
  return { ...world, second, writer, newEpochKey, entries, states };
}

export function positionAfter(state: ScopeState, by: DeviceKeys | 'root'): Position {
  const previous = state.heads[state.sequence];
  assert(previous !== undefined, 'a log has a head');
  const signer = by === 'root' ? by : by.deviceId;
  return { scopeId: state.scopeId, sequence: state.sequence + 1, previous, by: signer, atMs: 0 };
}

export function signedBy(device: Pick<DeviceKeys, 'sign'>, entry: LaterEntry): Uint8Array {
  return signEntry(entry, device.sign.secretKey);
}

export function valueOf<T>(result: Result<T, Refusal>): T {
  assert(result.ok, result.ok ? '' : `accepted: ${reasonText(result.error)} ${result.error.message}`);
  return result.value;
}

export function expectRefused(result: Result<unknown, Refusal>, reason: `${ReasonCode}/${Detail}`): void {
  expect(result.ok ? 'accepted' : reasonText(result.error)).toBe(reason);
}
