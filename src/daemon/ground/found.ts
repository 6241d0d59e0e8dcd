import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { ScopeId, UserId } from '../../base/ids.ts';
import type { ScopeKind } from '../../contract/manifest.ts';
import {
  type DeviceKeys,
  type PublicKeys,
  type RandomBytes,
  type RootKeys,
  rootKeysFromEntropy,
} from '../../crypto/keys.ts';
import { type FirstDevice, createGenesis } from '../../membership/log/create.ts';
import { createEpochKey } from '../../membership/log/epoch.ts';
import { scopeRootEntropyBytes, sealScopeRoot } from '../../membership/parse/scope-root.ts';
import { authorities } from '../../membership/parse/state.ts';

/** A scope made here, and what is stored of it. */
export interface FoundedScope {
  readonly scopeId: ScopeId;
  readonly kind: ScopeKind;
  readonly name: string;
  readonly entry: Uint8Array;
  readonly epochKey: Uint8Array;
  /** The secret of its root, sealed for the person's root; null where the root is the person's, or is never asked for. */
  readonly sealedRoot: string | null;
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
 * A new person with a first device: a profile, a personal workspace, and a log of its own for the device. The root of
 * the profile comes from the twelve words, and that of the workspace is sealed for it, so that these recover both.
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
  const common = { ...options, userId: root.userId, devices: [first] };
  const recoverable = { userRootBoxKey: root.box.publicKey };
  return {
    phrase: entropyToMnemonic(entropy, wordlist),
    userId: root.userId,
    profile: foundScope({ ...common, kind: 'profile', name: 'profile', root }),
    workspace: foundScope({ ...common, kind: 'workspace', name: 'personal', root: recoverable }),
    local: foundLocalScope(common),
  };
}

/** The log of what stays on a device: nobody ever needs its root again. */
export function foundLocalScope(options: Omit<FoundScopeOptions, 'kind' | 'name' | 'root'>): FoundedScope {
  return foundScope({ ...options, kind: 'profile', name: 'this device', root: null });
}

export interface FoundScopeOptions {
  readonly kind: ScopeKind;
  readonly name: string;
  readonly userId: UserId;
  readonly devices: readonly FirstDevice[];
  /** The root itself; or for whom a new one is sealed; or null for a new one that is forgotten. */
  readonly root: RootKeys | { readonly userRootBoxKey: Uint8Array } | null;
  readonly randomBytes: RandomBytes;
  readonly nowMs: number;
}

/** A scope for the given devices. */
export function foundScope(options: FoundScopeOptions): FoundedScope {
  const { kind, name, userId, devices, randomBytes, nowMs } = options;
  const nonce = randomBytes(32);
  const { root, sealedRoot } = rootFor(options);
  const epochKey = createEpochKey(randomBytes);
  const { scopeId, entryBytes } = createGenesis({
    kind,
    root,
    userId,
    devices,
    epochKey,
    nonce,
    historyForNew: true,
    nowMs,
  });
  return { scopeId, kind, name, entry: entryBytes, epochKey, sealedRoot };
}

function rootFor({ root, randomBytes }: FoundScopeOptions): Pick<FoundedScope, 'sealedRoot'> & { root: RootKeys } {
  if (root !== null && 'sign' in root) {
    return { root, sealedRoot: null };
  }
  const entropy = randomBytes(scopeRootEntropyBytes);
  const sealedRoot = root === null ? null : sealScopeRoot(root.userRootBoxKey, entropy);
  return { root: rootKeysFromEntropy(entropy), sealedRoot };
}

export function publicKeysOf(keys: DeviceKeys): PublicKeys {
  return { sign: keys.sign.publicKey, box: keys.box.publicKey };
}
