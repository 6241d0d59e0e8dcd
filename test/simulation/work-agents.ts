import type { RecordId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { type KeyPair, signPairFromSeed } from '../../src/crypto/keys.ts';
import { createLease } from '../../src/membership/lease.ts';
import { contentHashOf, writeCapability } from '../../src/membership/lease-presented.ts';
import { createRevocation } from '../../src/membership/lease-revocation.ts';
import { createUse } from '../../src/membership/lease-use.ts';
import type { ScopeState } from '../../src/membership/state.ts';
import { type GovernedOperation, type GovernedTurn, clockOf } from './governed-turn.ts';
import type { Process } from './process.ts';
import { agents } from './state-hash.ts';
import { token, write } from './turn.ts';

const agentId = 'urn:srcos:agent:helper';
const agentKeys: KeyPair = signPairFromSeed(new Uint8Array(32).fill(41));
const agentIds = ['a1', 'a2'] as const;
/** The shortest ones end while a schedule runs. */
const lifetimesMs = [8_000, 30_000, 3_600_000] as const;

export const agentWork = {
  put_agent: (process, turn) =>
    write(process, agents, turn.random.pick(agentIds), { kind: 'put', fields: { name: token(turn) } }),
  grant_lease: (process, turn) => {
    const state = leasableScope(process, turn);
    if (state !== undefined) {
      turn.governance.leases.push(leaseBy(turn, state));
    }
    return state !== undefined;
  },
  write_by_lease: (process, turn) => writeByLease(process, turn),
  revoke_lease: (process, turn) => {
    const { device, random, governance } = turn;
    const state = leasableScope(process, turn);
    if (state === undefined || governance.leases.length === 0) {
      return false;
    }
    const leaseId = String(random.pick(governance.leases)['leaseId']);
    const revocation = createRevocation({ leaseId, state, signer: device.keys, nowMs: clockOf(turn) });
    return process.replica.revokeLease(state, revocation).ok;
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

/** The scope of agents, where this device may grant leases in it. */
function leasableScope({ replica }: Process, { device }: GovernedTurn): ScopeState | undefined {
  const state = replica.scopeOf(device.bindingOf(agents));
  const may = state?.members.get(device.keys.deviceId)?.authorities.includes('lease') === true;
  return may ? state : undefined;
}

function leaseBy(turn: GovernedTurn, state: ScopeState): JsonObject {
  const { device, random } = turn;
  return createLease({
    ...{ agentId, capability: writeCapability, requiresHumanApproval: false },
    policyBundleHash: `sha256:${'ab'.repeat(32)}`,
    ...{ agentKey: agentKeys.publicKey, collections: [agents], policyClass: 'critical' },
    ...{ state, grantor: device.keys, nowMs: clockOf(turn), lifetimeMs: random.pick(lifetimesMs) },
    randomBytes: random.bytes,
  });
}

/** An agent writes a record through a device, under one of the leases that were ever granted. */
function writeByLease(process: Process, turn: GovernedTurn): boolean {
  const { random, governance, counters } = turn;
  const lease = governance.leases.length === 0 ? undefined : random.pick(governance.leases);
  if (lease === undefined) {
    return false;
  }
  const id = random.pick(agentIds);
  const fields = { name: token(turn) };
  const use = createUse({
    ...{ leaseId: String(lease['leaseId']), agentId, usedAtMs: clockOf(turn), capability: writeCapability },
    ...{ collection: agents, contentHash: contentHashOf({ collection: agents, id, fields }) },
    ...{ nonce: random.bytes(16), secretKey: agentKeys.secretKey },
  });
  const [result] = process.replica.edit(agents, [
    { id: id as RecordId, intent: { kind: 'put', fields }, lease: { lease, use } },
  ]);
  const refusal = result?.ok === false && result.error.kind === 'refused' ? result.error.refusal : undefined;
  counters.hit(`lease ${result?.ok === true ? 'counts' : (refusal?.detail ?? refusal?.reasonCode ?? 'invalid')}`);
  return result?.ok === true;
}
