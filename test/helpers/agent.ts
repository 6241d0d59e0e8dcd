import type { JsonObject } from '../../src/base/json.ts';
import type { PresentedLease } from '../../src/contract/change.ts';
import { type KeyPair, signPairFromSeed } from '../../src/crypto/keys.ts';
import { createLease } from '../../src/membership/lease/lease.ts';
import { writeCapability } from '../../src/contract/agent.ts';
import { contentHashOf } from '../../src/membership/lease/lease-presented.ts';
import { createUse } from '../../src/membership/lease/lease-use.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import type { TestDevice } from './test-device.ts';

export const agentId = 'urn:srcos:agent:helper';
export const hourMs: number = 3_600_000;
export const agentKeys: KeyPair = signPairFromSeed(new Uint8Array(32).fill(41));
export const thiefKeys: KeyPair = signPairFromSeed(new Uint8Array(32).fill(42));

let drawn = 0;
/** Never the same twice; what matters is only that ids and nonces differ. */
function fresh(size: number): Uint8Array {
  drawn += 1;
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, drawn);
  return bytes;
}

export type LeaseTerms = Partial<Parameters<typeof createLease>[0]>;
export type UseTerms = Partial<Parameters<typeof createUse>[0]>;

/** A lease to write to `agents` for a day, signed by a device. */
export function leaseBy(grantor: TestDevice, state: ScopeState, nowMs: number, terms: LeaseTerms = {}): JsonObject {
  return createLease({
    ...{ agentId, capability: writeCapability, policyBundleHash: grantor.policyHash, requiresHumanApproval: false },
    ...{ agentKey: agentKeys.publicKey, collections: ['agents'], policyClass: 'critical' as const },
    ...{ state, grantor: grantor.keys, nowMs, lifetimeMs: 24 * hourMs, randomBytes: fresh },
    ...terms,
  });
}

/** The lease with the use that the agent signs for one write; `fields` is null for a deletion. */
export function presented(
  lease: JsonObject,
  act: { readonly collection?: string; readonly id: string; readonly fields: JsonObject | null },
  usedAtMs: number,
  terms: UseTerms = {},
): PresentedLease {
  const { collection = 'agents', id, fields } = act;
  const use = createUse({
    ...{ leaseId: String(lease['leaseId']), agentId, usedAtMs, capability: writeCapability, collection },
    ...{ contentHash: contentHashOf({ collection, id, fields }), nonce: fresh(16), secretKey: agentKeys.secretKey },
    ...terms,
  });
  return { lease, use };
}
