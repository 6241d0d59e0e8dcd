import { equalBytes } from '../../base/bytes.ts';
import { canonicalText } from '../../base/canonical-json.ts';
import { type DeviceId, type ScopeId, parseDeviceId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import { signatureSizeBytes } from '../../crypto/sign.ts';
import {
  contractScopeId,
  jsonFromPosition,
  positionOf,
  scopeOf,
  timeOf,
  timeText,
  uniqueUrnOf,
} from '../parse/contract-fields.ts';
import { bytesOf, exactObject } from '../parse/json-fields.ts';
import type { Pin } from '../parse/pin.ts';
import { isSignedBy, withSignature } from '../parse/signed-object.ts';
import { headOf, standingAt } from '../parse/standing.ts';
import type { ScopeState } from '../parse/state.ts';

/** The word of a device that a lease holds no longer. */
export interface LeaseRevocation {
  readonly leaseId: string;
  readonly scopeId: ScopeId;
  readonly revokedBy: DeviceId;
  readonly revokedAtMs: number;
  readonly position: Pin;
}

/** Verified revocations by lease, as the objects that were signed. Sets only grow: two of them merge to their union. */
export type Revocations = ReadonlyMap<string, JsonObject>;

const names = ['leaseId', 'workspaceId', 'revokedBy', 'revokedAt', 'log', 'signature'];

export function createRevocation(options: {
  readonly leaseId: string;
  readonly state: ScopeState;
  readonly signer: DeviceKeys;
  readonly nowMs: number;
}): JsonObject {
  const { leaseId, state, signer, nowMs } = options;
  const unsigned = {
    leaseId,
    workspaceId: contractScopeId(state.scopeId, 'workspace'),
    revokedBy: signer.deviceId,
    revokedAt: timeText(nowMs),
    log: jsonFromPosition({ sequence: state.sequence, head: headOf(state) }),
  };
  return withSignature('lease-revocation', unsigned, signer.sign.secretKey);
}

/**
 * The set with one more revocation, verified; never throws. A device that held the authority to lease where it says is
 * believed for ever, revoked or not: that a lease ends can be forged by nobody else, and must not be undone by anybody.
 * schema_unknown, workspace_scope_mismatch, signature_invalid, agent_untrusted: it is not added.
 */
export function addRevocation(known: Revocations, value: JsonValue, state: ScopeState): Result<Revocations, Refusal> {
  const object = exactObject(value, names);
  const revocation = object && revocationFromJson(object);
  const signature = bytesOf(object?.['signature'], signatureSizeBytes);
  if (object === undefined || revocation === undefined || signature === undefined) {
    return err(no.malformed);
  }
  const { signature: _signature, ...unsigned } = object;
  const refusal = refuseRevocation(revocation, { unsigned, signature }, state);
  return refusal === undefined ? ok(mergeRevocations(known, new Map([[revocation.leaseId, object]]))) : err(refusal);
}

/** When a verified revocation says that its lease ended, in milliseconds. */
export function revokedAtMs(revocation: JsonObject): number {
  return timeOf(revocation['revokedAt']) ?? 0;
}

/** True for an object of the form of a revocation; nothing about it is verified. */
export function isRevocation(value: JsonValue): value is JsonObject {
  const object = exactObject(value, names);
  return object !== undefined && revocationFromJson(object) !== undefined;
}

/** Union; of two revocations of one lease the earlier stays, then the lesser text: the order of merging does not matter. */
export function mergeRevocations(left: Revocations, right: Revocations): Revocations {
  const merged = new Map(left);
  for (const [leaseId, object] of right) {
    const held = merged.get(leaseId);
    if (held === undefined || isBefore(object, held)) {
      merged.set(leaseId, object);
    }
  }
  return merged;
}

function isBefore(left: JsonObject, right: JsonObject): boolean {
  const apart = revokedAtMs(left) - revokedAtMs(right);
  return apart === 0 ? canonicalText(left) < canonicalText(right) : apart < 0;
}

function refuseRevocation(
  revocation: LeaseRevocation,
  signed: { readonly unsigned: JsonObject; readonly signature: Uint8Array },
  state: ScopeState,
): Refusal | undefined {
  const { scopeId, revokedBy, position } = revocation;
  if (scopeId !== state.scopeId) {
    return no.elsewhere;
  }
  const head = state.heads[position.sequence];
  // Any batch number will do: what takes an authority away later does not take back what was revoked under it.
  const standing = standingAt(state, revokedBy, position.sequence, 0);
  if (standing === undefined || head === undefined || !equalBytes(head, position.head)) {
    return no.unknown;
  }
  if (!isSignedBy('lease-revocation', signed, standing.member.keys.sign)) {
    return no.signature;
  }
  return standing.authorities.includes('lease') ? undefined : no.authority;
}

function revocationFromJson(object: JsonObject): LeaseRevocation | undefined {
  const leaseId = uniqueUrnOf(object['leaseId'], 'lease');
  const scopeId = scopeOf(object['workspaceId'], 'workspace');
  const revokedBy = typeof object['revokedBy'] === 'string' ? parseDeviceId(object['revokedBy']) : undefined;
  const revokedAtMs = timeOf(object['revokedAt']);
  const position = positionOf(object['log']);
  if (!leaseId || !scopeId || !revokedBy || revokedAtMs === undefined || !position) {
    return undefined;
  }
  return { leaseId, scopeId, revokedBy, revokedAtMs, position };
}

const notTaken = 'The revocation was not taken.';
const no = {
  malformed: refuse('reject', 'schema_unknown', 'record_malformed', `This is no revocation of a lease. ${notTaken}`),
  elsewhere: refuse('reject', 'workspace_scope_mismatch', 'scope_foreign', `It is of another scope. ${notTaken}`),
  unknown: refuse(
    'reject',
    'agent_untrusted',
    'device_unknown',
    `The log of the scope does not know this device at the position that it names. ${notTaken}`,
  ),
  signature: refuse('reject', 'signature_invalid', 'signature', `Its device did not sign it so. ${notTaken}`),
  authority: refuse('reject', 'agent_untrusted', 'authority_missing', `Its device may not revoke leases. ${notTaken}`),
};
