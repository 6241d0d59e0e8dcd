import { mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { assert } from '../../src/base/assert.ts';
import type { ScopeId, UserId } from '../../src/base/ids.ts';
import { type DeviceKeys, type RootKeys, createDeviceKeys, rootKeysFromEntropy } from '../../src/crypto/keys.ts';
import { loadBindings } from '../../src/daemon/engines/bindings.ts';
import { type FoundedScope, foundIdentity, publicKeysOf } from '../../src/daemon/ground/found.ts';
import { createAdd } from '../../src/membership/log/create.ts';
import { openScopeRoot } from '../../src/membership/parse/scope-root.ts';
import { foldScope } from '../../src/membership/log/scope-log.ts';
import type { Role } from '../../src/membership/parse/state.ts';
import type { Bindings } from '../../src/replica/names/binding.ts';
import { ledgerFolder } from './ledger.ts';
import { type Random, createRandom } from '../simulation/random.ts';

export const startMs: number = Date.UTC(2026, 0, 1);

/** A membership log as it travels, and the key of its first epoch. */
export interface SharedScope {
  readonly scopeId: ScopeId;
  readonly entries: readonly Uint8Array[];
  readonly epochKey: Uint8Array;
}

/** One person's devices: the first founded the scopes, the others were added to them. */
export interface Household {
  readonly userId: UserId;
  readonly devices: readonly DeviceKeys[];
  readonly profile: SharedScope;
  readonly workspace: SharedScope;
  /** The person's, from the twelve words. */
  readonly root: RootKeys;
  readonly workspaceRoot: RootKeys;
  /** By device: the log of what stays there. */
  readonly local: readonly SharedScope[];
}

const households = new Map<string, Household>();
let bindings: Bindings | undefined;

/** Every shipped manifest with its engine and a ledger, which takes entries of its members, as the daemon binds them. */
export function shippedBindings(): Bindings {
  if (bindings === undefined) {
    const loaded = loadBindings([ledgerFolder], {});
    assert(loaded.problems.length === 0, 'the shipped manifests have no problem');
    bindings = loaded.bindings;
  }
  return bindings;
}

/** Values only, so that tests may share them; made once for each size because making keys is slow. */
export function householdOf(size: number, laterRole: Role = 'admin'): Household {
  const name = `${size} ${laterRole}`;
  const held = households.get(name) ?? createHousehold(size, laterRole);
  households.set(name, held);
  return held;
}

function createHousehold(size: number, laterRole: Role): Household {
  const random = createRandom(size, `household ${laterRole}`);
  const devices = Array.from({ length: size }, () => createDeviceKeys(random.bytes));
  const [first, ...later] = devices as [DeviceKeys, ...DeviceKeys[]];
  const identity = foundIdentity({ keys: first, label: 'first', randomBytes: random.bytes, nowMs: startMs });
  const shared = (scope: FoundedScope): SharedScope => ({
    ...only(scope),
    entries: later.reduce(
      (entries, keys) => withDevice(entries, first, keys, laterRole, scope.epochKey),
      [scope.entry],
    ),
  });
  const root = rootKeysFromEntropy(mnemonicToEntropy(identity.phrase, wordlist));
  const workspaceRoot = openScopeRoot(root, identity.workspace.sealedRoot ?? '');
  assert(workspaceRoot !== undefined, 'the words open the root of the workspace');
  return {
    ...{ root, workspaceRoot },
    userId: identity.userId,
    devices,
    profile: shared(identity.profile),
    workspace: shared(identity.workspace),
    local: [only(identity.local), ...later.map((keys) => localScope(keys, random))],
  };
}

function withDevice(
  entries: readonly Uint8Array[],
  signer: DeviceKeys,
  keys: DeviceKeys,
  role: Role,
  epochKey: Uint8Array,
): Uint8Array[] {
  const state = stateOf(entries);
  const member = { deviceId: keys.deviceId, userId: state.userId, keys: publicKeysOf(keys), role, authorities: [] };
  return [...entries, createAdd({ state, signer, member, epochKey, label: 'later', nowMs: startMs })];
}

function stateOf(entries: readonly Uint8Array[]): Parameters<typeof createAdd>[0]['state'] {
  const folded = foldScope(entries);
  assert(folded.ok, 'a log that was just made can be folded');
  return folded.value;
}

function localScope(keys: DeviceKeys, random: Random): SharedScope {
  return only(foundIdentity({ keys, label: 'later', randomBytes: random.bytes, nowMs: startMs }).local);
}

function only({ scopeId, entry, epochKey }: FoundedScope): SharedScope {
  return { scopeId, entries: [entry], epochKey };
}
