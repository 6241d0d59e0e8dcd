import { type DeviceId, type ScopeId, parseCollectionName, parseDeviceId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type PolicyClass, policyClasses } from '../../contract/manifest.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { signatureSizeBytes } from '../../crypto/sign.ts';
import {
  contractScopeId,
  jsonFromPosition,
  nameOf,
  namedUrnOf,
  positionOf,
  scopeOf,
  sha256Of,
  timeOf,
  timeText,
  uniqueUrnOf,
} from '../parse/contract-fields.ts';
import { arrayOf, booleanOf, bytesOf, exactObject, memberOf, text64 } from '../parse/json-fields.ts';
import type { Pin } from '../parse/pin.ts';

/** What a device lets an agent do, for a while. Source: the AgentCapabilityLease contract. */
export interface Lease {
  readonly leaseId: string;
  /** `urn:srcos:agent:<name>` */
  readonly agentId: string;
  readonly scopeId: ScopeId;
  readonly grantedBy: DeviceId;
  readonly capability: string;
  readonly bounds: LeaseBounds;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly policyBundleHash: string;
  readonly requiresHumanApproval: boolean;
  readonly auditId: string;
}

/** The contract's `scope`. */
export interface LeaseBounds {
  /** Ed25519; it signs each use. */
  readonly agentKey: Uint8Array;
  /** Sorted, each once. */
  readonly collections: readonly string[] | 'all';
  /** The highest class of what may be touched; it bounds the lifetime. */
  readonly policyClass: PolicyClass;
  /** Where in the scope's log the grantor held the authority to lease. */
  readonly position: Pin;
}

/** A lease that was understood; nothing about it is verified yet. */
export interface ParsedLease {
  readonly lease: Lease;
  readonly unsigned: JsonObject;
  readonly signature: Uint8Array;
}

export const maximumCollections = 64;
const names = [
  ...['leaseId', 'agentId', 'workspaceId', 'grantedBy', 'capability', 'scope', 'issuedAt', 'expiresAt'],
  ...['policyBundleHash', 'requiresHumanApproval', 'revocable', 'auditId', 'signature'],
];

/**
 * The lease that a JSON object says. Never throws. schema_unknown unless it has exactly the required fields of the
 * contract: `revokedAt` and `revokedBy` would be unsigned words, and a revocation is an object of its own here.
 */
export function parseLease(value: JsonValue | undefined): Result<ParsedLease, Refusal> {
  const object = exactObject(value, names);
  const lease = object && leaseFromJson(object);
  const signature = bytesOf(object?.['signature'], signatureSizeBytes);
  if (object === undefined || lease === undefined || signature === undefined) {
    return err(malformed);
  }
  const { signature: _signature, ...unsigned } = object;
  return ok({ lease, unsigned, signature });
}

/** Less `signature`. */
export function jsonFromLease(lease: Lease): JsonObject {
  const { leaseId, agentId, grantedBy, capability, bounds, policyBundleHash, requiresHumanApproval, auditId } = lease;
  return {
    ...{ leaseId, agentId, grantedBy, capability, policyBundleHash, requiresHumanApproval, auditId },
    workspaceId: contractScopeId(lease.scopeId, 'workspace'),
    scope: {
      agentKey: text64(bounds.agentKey),
      collections: bounds.collections,
      log: jsonFromPosition(bounds.position),
      policyClass: bounds.policyClass,
    },
    issuedAt: timeText(lease.issuedAtMs),
    expiresAt: timeText(lease.expiresAtMs),
    revocable: true,
  };
}

function leaseFromJson(object: JsonObject): Lease | undefined {
  const leaseId = uniqueUrnOf(object['leaseId'], 'lease');
  const agentId = namedUrnOf(object['agentId'], 'agent');
  const scopeId = scopeOf(object['workspaceId'], 'workspace');
  const grantedBy = typeof object['grantedBy'] === 'string' ? parseDeviceId(object['grantedBy']) : undefined;
  const capability = nameOf(object['capability']);
  const bounds = boundsFromJson(object['scope']);
  const issuedAtMs = timeOf(object['issuedAt']);
  const expiresAtMs = timeOf(object['expiresAt']);
  const policyBundleHash = sha256Of(object['policyBundleHash']);
  const requiresHumanApproval = booleanOf(object['requiresHumanApproval']);
  const auditId = uniqueUrnOf(object['auditId'], 'audit');
  if (!leaseId || !agentId || !scopeId || !grantedBy || !capability || !bounds || !policyBundleHash || !auditId) {
    return undefined;
  }
  if (issuedAtMs === undefined || expiresAtMs === undefined || requiresHumanApproval === undefined) {
    return undefined;
  }
  if (object['revocable'] !== true) {
    return undefined;
  }
  return {
    ...{ leaseId, agentId, scopeId, grantedBy, capability, bounds, issuedAtMs, expiresAtMs },
    ...{ policyBundleHash, requiresHumanApproval, auditId },
  };
}

function boundsFromJson(value: JsonValue | undefined): LeaseBounds | undefined {
  const object = exactObject(value, ['agentKey', 'collections', 'log', 'policyClass']);
  const agentKey = bytesOf(object?.['agentKey'], 32);
  const collections = object?.['collections'] === 'all' ? 'all' : collectionsFromJson(object?.['collections']);
  const position = positionOf(object?.['log']);
  const policyClass = memberOf(object?.['policyClass'], policyClasses);
  return agentKey && collections && position && policyClass && { agentKey, collections, policyClass, position };
}

function collectionsFromJson(value: JsonValue | undefined): readonly string[] | undefined {
  const listed = arrayOf(value, maximumCollections, (item) =>
    typeof item === 'string' ? parseCollectionName(item) : undefined,
  );
  const sorted = listed?.every((name, index) => index === 0 || (listed[index - 1] as string) < name);
  return sorted === true && listed?.length !== 0 ? listed : undefined;
}

const malformed: Refusal = refuse(
  'reject',
  'schema_unknown',
  'record_malformed',
  'This is no lease: it lacks a field of the AgentCapabilityLease contract, has one too many, or one of the wrong form.',
);
