import { assert } from '../../base/assert.ts';
import { equalBytes } from '../../base/bytes.ts';
import type { DeviceId, ScopeId, UserId } from '../../base/ids.ts';
import type { ScopeKind } from '../../contract/manifest.ts';
import type { DeviceKeys, PublicKeys, RootKeys } from '../../crypto/keys.ts';
import type { NewDevice, NewEpoch, Party, Position } from '../parse/entry.ts';
import { parseEntry, signEntry } from '../parse/entry-codec.ts';
import { commitmentOf } from '../parse/commitment.ts';
import { sealPreviousKey, wrapEpochKey } from './epoch.ts';
import { sealLabel } from '../parse/labels.ts';
import { scopeIdOf } from './scope-log.ts';
import { activeMembers, currentEpoch, headOf } from '../parse/standing.ts';
import type { Authority, Cut, Role, ScopeState } from '../parse/state.ts';

export interface FirstDevice {
  readonly deviceId: DeviceId;
  readonly keys: PublicKeys;
  readonly role: Role;
  readonly authorities: readonly Authority[];
  /** A label that `parseLabel` gave. */
  readonly label: string;
}

export interface AddedDevice {
  readonly deviceId: DeviceId;
  readonly userId: UserId;
  readonly keys: PublicKeys;
  readonly role: Role;
  readonly authorities: readonly Authority[];
}

/** The first entry of a new scope and the scope's id. `nonce` and `epochKey` are 32 random bytes each. */
export function createGenesis(options: {
  readonly kind: ScopeKind;
  readonly root: RootKeys;
  /** Whose scope it is; its first devices are this person's. */
  readonly userId: UserId;
  readonly devices: readonly FirstDevice[];
  readonly epochKey: Uint8Array;
  readonly nonce: Uint8Array;
  readonly historyForNew: boolean;
  readonly nowMs?: number;
}): { readonly scopeId: ScopeId; readonly entryBytes: Uint8Array } {
  const { kind, root, userId, epochKey, nonce } = options;
  const rootKeys = { sign: root.sign.publicKey, box: root.box.publicKey };
  const entryBytes = signEntry(
    {
      t: 'genesis',
      atMs: options.nowMs ?? 0,
      suite: 1,
      kind,
      userId,
      rootKeys,
      genesisNonce: nonce,
      historyForNew: options.historyForNew,
      devices: options.devices.map((device) =>
        newDevice({ ...device, userId }, { epochKey, genesisNonce: nonce, epoch: 1 }, device.label),
      ),
      epoch: newEpoch({ kind, genesisNonce: nonce, rootKeys }, 1, epochKey, options.devices, null),
    },
    root.sign.secretKey,
  );
  const parsed = parseEntry(entryBytes);
  assert(parsed.ok, 'a genesis entry made here can be read again: fewer devices fit into one entry');
  return { scopeId: scopeIdOf(parsed.value), entryBytes };
}

/** The entry that adds a device, signed by an admin, or by the root in recovery. `epochKey` is the key in force. */
export function createAdd(options: {
  readonly state: ScopeState;
  readonly signer: Signer;
  readonly member: AddedDevice;
  readonly epochKey: Uint8Array;
  /** A label that `parseLabel` gave. */
  readonly label: string;
  readonly nowMs?: number;
}): Uint8Array {
  const { state, member, epochKey } = options;
  const { genesisNonce } = state;
  const { epoch } = assertInForce(state, epochKey);
  const wrap = wrapEpochKey({
    key: epochKey,
    genesisNonce,
    epoch,
    recipient: member.deviceId,
    boxKey: member.keys.box,
  });
  const device = newDevice(member, { epochKey, genesisNonce, epoch }, options.label);
  const position = nextPosition(state, options.signer, options.nowMs);
  return signEntry({ t: 'add', ...position, device, wrap }, options.signer.sign.secretKey);
}

/**
 * The entry that revokes a device and starts a new epoch, signed by another admin or by the root. `epochKey` is the key
 * in force, which newcomers need to read history; `newEpochKey` is 32 random bytes, used for nothing before.
 */
export function createRevoke(options: {
  readonly state: ScopeState;
  readonly signer: Signer;
  readonly subject: DeviceId;
  /** The subject's last accepted batch. */
  readonly cut: Cut;
  readonly epochKey: Uint8Array;
  readonly newEpochKey: Uint8Array;
  readonly nowMs?: number;
}): Uint8Array {
  const { state, signer, subject, cut, epochKey, newEpochKey } = options;
  const { epoch } = assertInForce(state, epochKey);
  const remaining = activeMembers(state).filter((member) => member.deviceId !== subject);
  const previousKey = state.historyForNew ? epochKey : null;
  return signEntry(
    {
      t: 'revoke',
      ...nextPosition(state, signer, options.nowMs),
      subject,
      cut,
      epoch: newEpoch(state, epoch + 1, newEpochKey, remaining, previousKey),
    },
    signer.sign.secretKey,
  );
}

/** The entry that starts a new epoch for the same devices, signed by an admin or by the root. */
export function createRotate(options: {
  readonly state: ScopeState;
  readonly signer: Signer;
  readonly epochKey: Uint8Array;
  readonly newEpochKey: Uint8Array;
  readonly nowMs?: number;
}): Uint8Array {
  const { state, signer, epochKey, newEpochKey } = options;
  const { epoch } = assertInForce(state, epochKey);
  const previousKey = state.historyForNew ? epochKey : null;
  return signEntry(
    {
      t: 'rotate',
      ...nextPosition(state, signer, options.nowMs),
      epoch: newEpoch(state, epoch + 1, newEpochKey, activeMembers(state), previousKey),
    },
    signer.sign.secretKey,
  );
}

/**
 * The entry that gives another device a role and authorities, signed by an admin or by the root. `cut` is the device's
 * last batch that may still rest on what it had; null exactly where nothing is taken away.
 */
export function createRole(options: {
  readonly state: ScopeState;
  readonly signer: Signer;
  readonly subject: DeviceId;
  readonly role: Role;
  readonly authorities: readonly Authority[];
  readonly cut: Cut | null;
  readonly nowMs?: number;
}): Uint8Array {
  const { state, signer, subject, role, cut } = options;
  const authorities = [...options.authorities].sort();
  const position = nextPosition(state, signer, options.nowMs);
  return signEntry({ t: 'role', ...position, subject, role, authorities, cut }, signer.sign.secretKey);
}

/** The root's decision after a fork: the log of `state` goes on, and the signed entries of these hashes never count. */
export function createResolve(options: {
  readonly state: ScopeState;
  readonly root: RootKeys;
  readonly drop: readonly Uint8Array[];
  readonly nowMs?: number;
}): Uint8Array {
  const { state, root } = options;
  const drop = [...options.drop].sort((left, right) => Buffer.compare(left, right));
  const position = nextPosition(state, root, options.nowMs);
  return signEntry({ t: 'resolve', ...position, keep: position.previous, drop }, root.sign.secretKey);
}

/** Who signs an entry: a device of the scope, or its root. */
export type Signer = DeviceKeys | RootKeys;

function nextPosition(state: ScopeState, signer: Signer, nowMs: number | undefined): Position {
  const by = 'deviceId' in signer ? signer.deviceId : 'root';
  return {
    scopeId: state.scopeId,
    sequence: state.sequence + 1,
    previous: headOf(state),
    by,
    atMs: nowMs ?? 0,
  };
}

function assertInForce(state: ScopeState, epochKey: Uint8Array): { readonly epoch: number } {
  const { epoch, commitment } = currentEpoch(state);
  assert(
    equalBytes(commitmentOf(epochKey, state.genesisNonce, epoch), commitment),
    'nothing is sealed under a key that the log does not commit to',
  );
  return { epoch };
}

function newDevice(
  device: AddedDevice,
  key: { readonly epochKey: Uint8Array; readonly genesisNonce: Uint8Array; readonly epoch: number },
  label: string,
): NewDevice {
  const { deviceId, userId, keys, role } = device;
  const sealed = sealLabel({ ...key, deviceId, label });
  return { deviceId, userId, keys, role, authorities: [...device.authorities].sort(), label: sealed };
}

function newEpoch(
  scope: Pick<ScopeState, 'kind' | 'genesisNonce' | 'rootKeys'>,
  epoch: number,
  key: Uint8Array,
  devices: readonly { readonly deviceId: DeviceId; readonly keys: PublicKeys }[],
  previousKey: Uint8Array | null,
): NewEpoch {
  const { genesisNonce } = scope;
  const wrapFor = (recipient: Party, boxKey: Uint8Array): readonly [Party, string] => [
    recipient,
    wrapEpochKey({ key, genesisNonce, epoch, recipient, boxKey }),
  ];
  return {
    epoch,
    commitment: commitmentOf(key, genesisNonce, epoch),
    wraps: new Map([
      wrapFor('root', scope.rootKeys.box),
      ...devices.map((device) => wrapFor(device.deviceId, device.keys.box)),
    ]),
    printedKey: scope.kind === 'public' ? key : null,
    previousKey: previousKey && sealPreviousKey({ key, genesisNonce, epoch, previousKey }),
  };
}
