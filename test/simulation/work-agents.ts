import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { type KeyPair, signPairFromSeed } from '../../src/crypto/keys.ts';
import { isAgent } from '../../src/contract/agent.ts';
import { createLease } from '../../src/membership/lease/lease.ts';
import { writeCapability } from '../../src/contract/agent.ts';
import { contentHashOf } from '../../src/membership/lease/lease-presented.ts';
import { createRevocation } from '../../src/membership/lease/lease-revocation.ts';
import { createUse } from '../../src/membership/lease/lease-use.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import { type GovernedOperation, type GovernedTurn, clockOf } from './governed-turn.ts';
import type { Process } from './process.ts';
import { agents, everyItem } from './state-hash.ts';
import { token, write } from './turn.ts';

const agentId = 'urn:srcos:agent:helper';
const agentKeys: KeyPair = signPairFromSeed(new Uint8Array(32).fill(41));
const agentIds = ['a1', 'a2'] as const;
const shell = 'shell' as CollectionName;
const shellIds = ['s1', 's2'] as const;
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
  propose_as_agent: (process, turn) => proposeAsAgent(process, turn),
  answer_agent: (process, turn) => answerAgent(process, turn),
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
    ...{ agentId, capability: writeCapability, requiresHumanApproval: random.chance(0.3) },
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
  const error = result?.ok === false ? result.error : undefined;
  const refusal = error?.kind === 'refused' ? error.refusal : undefined;
  const said = error?.kind === 'waits' ? 'waits' : (refusal?.detail ?? refusal?.reasonCode ?? 'invalid');
  counters.hit(`lease ${result?.ok === true ? 'counts' : said}`);
  return result?.ok === true || error?.kind === 'waits';
}

/** An agent writes where records are reviewed, with nothing of a lease: nothing of it is live before somebody says yes. */
function proposeAsAgent({ replica }: Process, turn: GovernedTurn): boolean {
  const id = turn.random.pick(shellIds) as RecordId;
  const fields = { kind: 'alias', name: id, body: token(turn) };
  const [result] = replica.edit(shell, [{ id, intent: { kind: 'put', fields }, authorId: agentId }]);
  return result?.ok === true;
}

/** A person answers what an agent asks on this device. */
function answerAgent({ replica }: Process, { device, random, counters }: GovernedTurn): boolean {
  const items = device.disk.reviews
    .listOpen(everyItem)
    .items.filter(({ authorId, deviceId }) => isAgent(authorId) && deviceId === device.keys.deviceId);
  const item = items.length === 0 ? undefined : random.pick(items);
  if (item === undefined || item.quarantineId !== undefined) {
    return false;
  }
  const decision = random.chance(0.6) ? 'accept' : 'reject';
  const [result] = replica.decide([item.id], decision);
  counters.hit(`agent ${item.kind} ${decision}${result?.ok === true ? '' : ' (refused)'}`);
  return result?.ok === true;
}
