import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { maximumDriftMs, wallMs } from '../../clock/stamp.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { type PublicBatch, signedHeaderOf } from '../../log/header.ts';
import type { BatchMeta } from '../../log/meta.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { noteAlarm, restateAlarm, settleAlarms } from '../kernel/alarms.ts';
import { type HeadClaim, alarmClaimOf } from '../lists/claimed-heads.ts';
import { isBelieved } from '../kernel/belief.ts';
import type { Core } from '../kernel/core.ts';

type Heads = ReadonlyMap<DeviceId, ChainHead>;

/** Holds what a peer says it has against what is here; inside the transaction that takes its batch in. */
export function compareFrontier(
  core: Pick<Core, 'store' | 'device' | 'notices' | 'chains'>,
  scope: ScopeState,
  heads: Heads,
  batch: PublicBatch,
  meta: BatchMeta,
): void {
  const { scopeId } = scope;
  const by = batch.header.deviceId;
  if (!isBelieved(core.notices, scope, by)) {
    return;
  }
  const further: HeadClaim[] = [];
  for (const [id, [sequence, batchId]] of Object.entries(meta.frontier)) {
    const deviceId = id as DeviceId;
    const head = heads.get(deviceId);
    if (!scope.members.has(deviceId) || deviceId === by) {
      continue;
    }
    const claim: HeadClaim = { by, deviceId, head: { sequence, batchId }, atMs: core.device.nowMs() };
    if (sequence > (head?.sequence ?? 0)) {
      further.push(claim);
    } else {
      compareHeld(core, scopeId, head, claim, batch);
    }
  }
  noteClaims(core, scopeId, further);
  if (by !== core.device.id) {
    compareOwn(core, scopeId, batch, meta);
  }
}

/** A batch arrived that peers may have told of before. */
export function meetClaims(core: Pick<Core, 'store' | 'device' | 'notices' | 'chains'>, batch: PublicBatch): void {
  const { scopeId, deviceId, sequence } = batch.header;
  const met = core.chains.claimedHeads.about(scopeId, deviceId).filter(({ head }) => head.sequence <= sequence);
  for (const { by, head, atMs } of met) {
    if (head.sequence === sequence && head.batchId !== batch.batchId) {
      const claims = [{ by, sequence, atMs, against: [] }];
      noteAlarm(core, { kind: 'peer_fork', scopeId, deviceId, claims, evidence: [signedHeaderOf(batch.bytes)] });
    }
  }
  if (met.length > 0) {
    core.chains.claimedHeads.drop(scopeId, (claim) => met.includes(claim));
    restateWithheld(core, scopeId, deviceId);
  }
}

/** An alarm that stands says who still tells of what is not here, and is settled where nobody does. */
export function restateWithheld(
  core: Pick<Core, 'device' | 'notices' | 'chains'>,
  scopeId: ScopeId,
  deviceId: DeviceId,
): void {
  const match = { kind: 'withheld' as const, scopeId, deviceId };
  restateAlarm(core, match, core.chains.claimedHeads.about(scopeId, deviceId).map(alarmClaimOf));
}

function noteClaims(
  core: Pick<Core, 'store' | 'device' | 'notices' | 'chains'>,
  scopeId: ScopeId,
  claims: readonly HeadClaim[],
): void {
  const fresh: HeadClaim[] = [];
  for (const claim of claims) {
    const { by, deviceId, head, atMs } = claim;
    const known = core.chains.claimedHeads.about(scopeId, deviceId);
    const against = known
      .filter((other) => other.head.sequence === head.sequence && other.head.batchId !== head.batchId)
      .map((other) => other.by);
    if (against.length > 0) {
      const said = [{ by, sequence: head.sequence, atMs, against }];
      noteAlarm(core, { kind: 'peer_fork', scopeId, deviceId, claims: said });
    }
    if ((known.find((other) => other.by === by)?.head.sequence ?? 0) < head.sequence) {
      fresh.push(claim);
    }
  }
  core.chains.claimedHeads.note(scopeId, fresh);
  fresh.forEach(({ deviceId }) => restateWithheld(core, scopeId, deviceId));
}

function compareHeld(
  core: Pick<Core, 'store' | 'device' | 'notices'>,
  scopeId: ScopeId,
  head: ChainHead | undefined,
  { by, deviceId, head: told, atMs }: HeadClaim,
  batch: PublicBatch,
): void {
  const isHead = head?.sequence === told.sequence;
  const row = isHead ? undefined : core.store.log.get(scopeId, deviceId, told.sequence);
  const held = isHead ? head.batchId : row?.batchId;
  if (held !== undefined && held !== told.batchId && !isUnsettled(core, scopeId, deviceId, told)) {
    const own = core.store.log.get(scopeId, deviceId, told.sequence);
    const proof = [batch.bytes, ...(own === undefined ? [] : [own.bytes])].map(signedHeaderOf);
    const claims = [{ by, sequence: told.sequence, atMs, against: [] }];
    noteAlarm(core, { kind: 'peer_fork', scopeId, deviceId, claims, evidence: proof });
  }
}

/** Own batches that no relay confirmed may give way to those that come back after a restored copy. */
function isUnsettled(
  core: Pick<Core, 'store' | 'device'>,
  scopeId: ScopeId,
  deviceId: DeviceId,
  { sequence }: ChainHead,
): boolean {
  return deviceId === core.device.id && sequence > core.store.log.acknowledgedAnywhere(scopeId);
}

/**
 * A heartbeat is written by a device that its relay calls caught up, and tells all that it holds. Where it lacks own
 * batches that were confirmed long before, the relay keeps them from that device.
 */
function compareOwn(
  core: Pick<Core, 'store' | 'device' | 'notices' | 'chains'>,
  scopeId: ScopeId,
  { header }: PublicBatch,
  meta: BatchMeta,
): void {
  const claimed = meta.frontier[core.device.id]?.[0];
  const isWhole = header.kind === 'heartbeat' && meta.scopes.length === 0 && meta.labels === undefined;
  const { deviceId } = header;
  const expected = isWhole ? core.chains.confirmed.longBefore(scopeId, wallMs(meta.stamp) - maximumDriftMs) : 0;
  if ((claimed ?? 0) < expected) {
    const claims = [{ by: deviceId, sequence: claimed ?? 0, atMs: core.device.nowMs(), against: [] }];
    noteAlarm(core, { kind: 'not_forwarded', scopeId, deviceId, claims });
  } else if (claimed !== undefined && claimed >= core.chains.confirmed.longBefore(scopeId, core.device.nowMs())) {
    settleAlarms(core, { kind: 'not_forwarded', scopeId, deviceId });
  }
}
