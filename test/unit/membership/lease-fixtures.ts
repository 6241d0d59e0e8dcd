import type { JsonObject } from '../../../src/base/json.ts';
import { type KeyPair, signPairFromSeed } from '../../../src/crypto/keys.ts';
import { createLease } from '../../../src/membership/lease/lease.ts';
import { createUse } from '../../../src/membership/lease/lease-use.ts';
import { createGenesis } from '../../../src/membership/log/create.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import { deviceFrom, publicKeysOf, rootFrom, seededBytes, valueOf } from './fixtures.ts';

export const hourMs = 3600 * 1000;
export const nowMs = Date.UTC(2026, 0, 1, 12);
export const policyBundleHash = `sha256:${'ab'.repeat(32)}`;
export const contentHash = `sha256:${'cd'.repeat(32)}`;

/** May lease. */
export const desk = deviceFrom(1);
/** An administrator that may not lease. */
export const laptop = deviceFrom(2);
export const stranger = deviceFrom(3);
export const agent: KeyPair = signPairFromSeed(seededBytes(4)(32));
export const otherAgent: KeyPair = signPairFromSeed(seededBytes(5)(32));
export const epochKey: Uint8Array = seededBytes(6)(32);

/** A workspace with a device that may lease and one that may not. */
export function workspaceOf(seed: number): { readonly genesis: Uint8Array; readonly state: ScopeState } {
  const root = rootFrom(seed);
  const { entryBytes } = createGenesis({
    ...{ kind: 'workspace', root, userId: root.userId, epochKey, historyForNew: true, nowMs: 0 },
    nonce: seededBytes(seed + 1)(32),
    devices: [
      { deviceId: desk.deviceId, keys: publicKeysOf(desk), role: 'admin', authorities: ['lease'], label: 'Desk' },
      { deviceId: laptop.deviceId, keys: publicKeysOf(laptop), role: 'admin', authorities: [], label: 'Laptop' },
    ],
  });
  return { genesis: entryBytes, state: valueOf(foldScope([entryBytes])) };
}

export const workspace: ReturnType<typeof workspaceOf> = workspaceOf(10);

export function lease(change: Partial<Parameters<typeof createLease>[0]> = {}): JsonObject {
  return createLease({
    ...{
      agentId: 'urn:srcos:agent:writer',
      capability: 'records.write',
      policyBundleHash,
      requiresHumanApproval: false,
    },
    ...{ agentKey: agent.publicKey, collections: ['notes', 'tasks'], policyClass: 'medium' },
    ...{ state: workspace.state, grantor: desk, nowMs, lifetimeMs: 24 * hourMs, randomBytes: seededBytes(7) },
    ...change,
  });
}

export function use(granted: JsonObject, change: Partial<Parameters<typeof createUse>[0]> = {}): JsonObject {
  return createUse({
    ...{ leaseId: String(granted['leaseId']), agentId: 'urn:srcos:agent:writer', usedAtMs: nowMs },
    ...{ capability: 'records.write', collection: 'notes', contentHash, nonce: seededBytes(8)(16) },
    secretKey: agent.secretKey,
    ...change,
  });
}
