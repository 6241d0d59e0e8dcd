import type { JsonObject } from '../../src/base/json.ts';
import { type DeviceKeys, signPairFromSeed } from '../../src/crypto/keys.ts';
import type { ScopeId } from '../../src/base/ids.ts';
import { writeCapability } from '../../src/contract/agent.ts';
import { contentHashOf } from '../../src/membership/lease/lease-presented.ts';
import { type Lease, jsonFromLease } from '../../src/membership/lease/lease-json.ts';
import { createUse } from '../../src/membership/lease/lease-use.ts';
import { withSignature } from '../../src/membership/parse/signed-object.ts';

const nowMs = Date.UTC(2025, 9, 3, 12);
const agentId = 'urn:srcos:agent:example';
const agent = signPairFromSeed(new Uint8Array(32).fill(31));
const leaseId = `urn:srcos:lease:${'1f'.repeat(16)}`;

/** What an agent presents for a write of `fields`, of fixed bytes throughout: nothing of it is drawn. */
export function presentedLease(
  grantor: DeviceKeys,
  scopeId: ScopeId,
  act: { readonly collection: string; readonly id: string; readonly fields: JsonObject | null },
): { readonly lease: JsonObject; readonly use: JsonObject } {
  const granted: Lease = {
    ...{ leaseId, agentId, scopeId, grantedBy: grantor.deviceId, capability: writeCapability },
    bounds: {
      ...{ agentKey: agent.publicKey, collections: 'all', policyClass: 'high' },
      position: { sequence: 0, head: new Uint8Array(32).fill(8) },
    },
    ...{ issuedAtMs: nowMs, expiresAtMs: nowMs + 3_600_000, requiresHumanApproval: false },
    ...{ policyBundleHash: `sha256:${'ab'.repeat(32)}`, auditId: `urn:srcos:audit:${'2f'.repeat(16)}` },
  };
  const use = createUse({
    ...{ leaseId, agentId, usedAtMs: nowMs, capability: writeCapability, collection: act.collection },
    ...{ contentHash: contentHashOf(act), nonce: new Uint8Array(16).fill(9), secretKey: agent.secretKey },
  });
  return { lease: withSignature('lease', jsonFromLease(granted), grantor.sign.secretKey), use };
}

/** The word of the same device that the lease ended a minute later. */
export function presentedRevocation(grantor: DeviceKeys, lease: JsonObject): JsonObject {
  const { workspaceId, scope } = lease;
  const log = (scope as JsonObject)['log'] as JsonObject;
  const unsigned = { leaseId, workspaceId: workspaceId as string, revokedBy: grantor.deviceId, log };
  return withSignature(
    'lease-revocation',
    { ...unsigned, revokedAt: '2025-10-03T12:01:00.000Z' },
    grantor.sign.secretKey,
  );
}
