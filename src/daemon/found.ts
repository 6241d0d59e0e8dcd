import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { ScopeId, UserId } from '../base/ids.ts';
import type { ScopeKind } from '../contract/manifest.ts';
import { keyedHash } from '../crypto/hash.ts';
import {
  type DeviceKeys,
  type PublicKeys,
  type RandomBytes,
  type RootKeys,
  rootKeysFromEntropy,
} from '../crypto/keys.ts';
import { type FirstDevice, createGenesis } from '../membership/create.ts';
import { createEpochKey } from '../membership/epoch.ts';
import { authorities } from '../membership/state.ts';

/** A scope made here: what to store, and the secret of its root. */
export interface FoundedScope {
  readonly scopeId: ScopeId;
  readonly kind: ScopeKind;
  readonly name: string;
  readonly entry: Uint8Array;
  readonly epochKey: Uint8Array;
}

export interface Identity {
  /** Twelve words, to be shown once. */
  readonly phrase: string;
  readonly userId: UserId;
  readonly profile: FoundedScope;
  readonly workspace: FoundedScope;
  /** The log of collections that stay on this device; never pushed. */
  readonly local: FoundedScope;
}

export interface FoundOptions {
  readonly keys: DeviceKeys;
  readonly label: string;
  readonly randomBytes: RandomBytes;
  readonly nowMs: number;
}

/**
 * A new person with a first device: a profile, a personal workspace, and a log of its own for the device. All roots
 * come from the twelve words, so that these recover everything.
 */
export function foundIdentity(options: FoundOptions): Identity {
  const { keys, randomBytes } = options;
  const entropy = randomBytes(16);
  const root = rootKeysFromEntropy(entropy);
  const first: FirstDevice = {
    deviceId: keys.deviceId,
    keys: publicKeysOf(keys),
    role: 'admin',
    authorities: [...authorities].sort(),
    label: options.label,
  };
  const found = (kind: ScopeKind, name: string, rootOf: (nonce: Uint8Array) => RootKeys): FoundedScope =>
    foundScope({ ...options, kind, name, userId: root.userId, devices: [first], rootOf });
  const derivedRoot = (nonce: Uint8Array): RootKeys => rootKeysFromEntropy(keyedHash(entropy, 'scope-root', nonce));
  return {
    phrase: entropyToMnemonic(entropy, wordlist),
    userId: root.userId,
    profile: found('profile', 'profile', () => root),
    workspace: found('workspace', 'personal', derivedRoot),
    local: found('profile', 'this device', derivedRoot),
  };
}

/** A scope for the given devices. */
export function foundScope(options: {
  readonly kind: ScopeKind;
  readonly name: string;
  readonly userId: UserId;
  readonly devices: readonly FirstDevice[];
  readonly rootOf: (nonce: Uint8Array) => RootKeys;
  readonly randomBytes: RandomBytes;
  readonly nowMs: number;
}): FoundedScope {
  const { kind, name, userId, devices, rootOf, randomBytes, nowMs } = options;
  const nonce = randomBytes(32);
  const epochKey = createEpochKey(randomBytes);
  const { scopeId, entryBytes } = createGenesis({
    kind,
    root: rootOf(nonce),
    userId,
    devices,
    epochKey,
    nonce,
    historyForNew: true,
    nowMs,
  });
  return { scopeId, kind, name, entry: entryBytes, epochKey };
}

export function publicKeysOf(keys: DeviceKeys): PublicKeys {
  return { sign: keys.sign.publicKey, box: keys.box.publicKey };
}
