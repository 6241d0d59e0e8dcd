import { equalBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type DeviceKeys, type RandomBytes, type RootKeys, deviceIdOf } from '../../crypto/keys.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { type AddedDevice, createAdd, createRotate } from './create.ts';
import { currentKey, openEpochKeys } from './epoch-keys.ts';
import { createEpochKey } from './epoch.ts';
import { appendEntry, foldScope } from './scope-log.ts';
import type { ScopeState } from '../parse/state.ts';

/** A membership log that a root opened: every entry verified, every epoch key held against its commitment. */
export interface OpenedByRoot {
  readonly state: ScopeState;
  readonly entries: readonly Uint8Array[];
  /** By epoch number; all of them. */
  readonly epochKeys: ReadonlyMap<number, Uint8Array>;
}

/** A root as a relay knows it: it reads its scopes under the name that its keys have as a device. */
export function rootAsDevice(root: RootKeys): DeviceKeys {
  const { sign, box } = root;
  const deviceId = deviceIdOf({ sign: sign.publicKey, box: box.publicKey });
  return { deviceId, sign, box, hedge: new Uint8Array(32) };
}

/** True for the log of a scope whose root this is. */
export function isRootOf(root: RootKeys, state: Pick<ScopeState, 'rootKeys'>): boolean {
  return equalBytes(root.sign.publicKey, state.rootKeys.sign) && equalBytes(root.box.publicKey, state.rootKeys.box);
}

/**
 * Opens a whole log with its root, without changing anything. Never throws. Besides what the log itself is refused for:
 * workspace_scope_mismatch/genesis_replaced: it has another root; signature_invalid/epoch_key_missing: an epoch does not
 * open.
 */
export function openWithRoot(
  root: RootKeys,
  entries: readonly Uint8Array[],
  expected: ScopeId,
): Result<OpenedByRoot, Refusal> {
  const folded = foldScope(entries, expected);
  if (!folded.ok) {
    return folded;
  }
  const state = folded.value;
  if (!isRootOf(root, state)) {
    return err(otherRoot);
  }
  const opened = openEpochKeys({ state, entries, recipient: 'root', box: root.box });
  const inForce = currentKey(state, opened);
  if (!inForce.ok || opened.keys.size < state.epochs.length) {
    return err(inForce.ok ? (opened.faults[0] ?? epochClosed) : inForce.error);
  }
  return ok({ state, entries, epochKeys: opened.keys });
}

/** The entries by which a root lets a new device in, and then starts an epoch whose key no lost device has seen yet. */
export function recoveryEntries(
  root: RootKeys,
  opened: OpenedByRoot,
  options: {
    readonly member: AddedDevice;
    readonly label: string;
    readonly randomBytes: RandomBytes;
    readonly nowMs: number;
  },
): Result<readonly Uint8Array[], Refusal> {
  const { state, epochKeys } = opened;
  const { member, label, randomBytes, nowMs } = options;
  const epochKey = epochKeys.get(state.epochs.length) as Uint8Array;
  const isMember = state.members.get(member.deviceId)?.revoked === null;
  const add = isMember ? undefined : createAdd({ state, signer: root, member, epochKey, label, nowMs });
  const after = add === undefined ? ok(state) : appendEntry(state, add);
  if (!after.ok) {
    return after;
  }
  const rotation = { signer: root, epochKey, newEpochKey: createEpochKey(randomBytes), nowMs };
  const rotate = createRotate({ state: after.value, ...rotation });
  return ok(add === undefined ? [rotate] : [add, rotate]);
}

const otherRoot = refuse(
  'reject',
  'workspace_scope_mismatch',
  'genesis_replaced',
  'These words are not those of this scope.',
);
const epochClosed = refuse(
  'reject',
  'signature_invalid',
  'epoch_key_missing',
  'The words do not open every epoch of this scope.',
);
