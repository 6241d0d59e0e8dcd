import type { DeviceId, ScopeId } from '../base/ids.ts';
import { maximumDriftMs, wallMs } from '../clock/stamp.ts';
import type { ChainHead } from '../contract/chain.ts';
import { type PublicBatch, signedHeaderOf } from '../log/header.ts';
import type { BatchMeta } from '../log/meta.ts';
import type { ScopeState } from '../membership/state.ts';
import { noteAlarm, raiseAlarm, settleAlarms } from './alarms.ts';
import type { Core } from './core.ts';

type Heads = ReadonlyMap<DeviceId, ChainHead>;

/** Holds what a peer says it has against what is here; inside the transaction that takes its batch in. */
export function compareFrontier(
  core: Core,
  scope: ScopeState,
  heads: Heads,
  batch: PublicBatch,
  meta: BatchMeta,
): void {
  const { scopeId } = scope;
  const from = batch.header.deviceId;
  for (const [id, [sequence, batchId]] of Object.entries(meta.frontier)) {
    const deviceId = id as DeviceId;
    const head = heads.get(deviceId);
    if (!scope.members.has(deviceId) || deviceId === from) {
      continue;
    }
    if (sequence > (head?.sequence ?? 0)) {
      noteAttested(core, scopeId, deviceId, { sequence, batchId });
    } else {
      compareHeld(core, scopeId, deviceId, head, { sequence, batchId }, batch);
    }
  }
  if (from !== core.self) {
    compareOwn(core, scopeId, batch, meta);
  }
}

/** A batch arrived that a peer may have told of before. */
export function meetAttested(core: Core, batch: PublicBatch): void {
  const { scopeId, deviceId, sequence } = batch.header;
  const attested = core.attested.of(scopeId, deviceId);
  if (attested === undefined || sequence < attested.sequence) {
    return;
  }
  if (sequence === attested.sequence && batch.batchId !== attested.batchId) {
    noteAlarm(core, { kind: 'peer_fork', scopeId, deviceId, evidence: [signedHeaderOf(batch.bytes)] });
  }
  core.attested.remove(scopeId, deviceId);
  settleAlarms(core, { kind: 'withheld', scopeId, deviceId });
}

/** The relay says that everything it has is here: what peers told of and is not here is kept back. */
export function judgeAttested(core: Core, scope: ScopeState): void {
  const { scopeId } = scope;
  for (const { deviceId } of core.attested.list(scopeId)) {
    const isCut = (scope.members.get(deviceId)?.revoked ?? null) !== null;
    if (!isCut && !core.alarms.isIsolated(scopeId, deviceId)) {
      raiseAlarm(core, { kind: 'withheld', scopeId, deviceId });
    }
  }
}

function noteAttested(core: Core, scopeId: ScopeId, deviceId: DeviceId, head: ChainHead): void {
  const known = core.attested.of(scopeId, deviceId);
  if (known === undefined || known.sequence < head.sequence) {
    core.attested.set(scopeId, deviceId, head);
  } else if (known.sequence === head.sequence && known.batchId !== head.batchId) {
    noteAlarm(core, { kind: 'peer_fork', scopeId, deviceId });
  }
}

function compareHeld(
  core: Core,
  scopeId: ScopeId,
  deviceId: DeviceId,
  head: ChainHead | undefined,
  attested: ChainHead,
  batch: PublicBatch,
): void {
  const isHead = head?.sequence === attested.sequence;
  const row = isHead ? undefined : core.store.log.get(scopeId, deviceId, attested.sequence);
  const held = isHead ? head.batchId : row?.batchId;
  if (held !== undefined && held !== attested.batchId && !isUnsettled(core, scopeId, deviceId, attested)) {
    const own = core.store.log.get(scopeId, deviceId, attested.sequence);
    const proof = [batch.bytes, ...(own === undefined ? [] : [own.bytes])].map(signedHeaderOf);
    noteAlarm(core, { kind: 'peer_fork', scopeId, deviceId, evidence: proof });
  }
}

/** Own batches that no relay confirmed may give way to those that come back after a restored copy. */
function isUnsettled(core: Core, scopeId: ScopeId, deviceId: DeviceId, { sequence }: ChainHead): boolean {
  return deviceId === core.self && sequence > core.store.log.acknowledgedAnywhere(scopeId);
}

/**
 * A heartbeat is written by a device that its relay calls caught up, and tells all that it holds. Where it lacks own
 * batches that were confirmed long before, the relay keeps them from that device.
 */
function compareOwn(core: Core, scopeId: ScopeId, { header }: PublicBatch, meta: BatchMeta): void {
  const attested = meta.frontier[core.self]?.[0];
  const isWhole = header.kind === 'heartbeat' && meta.scopes.length === 0;
  const deviceId = header.deviceId;
  const expected = isWhole ? core.confirmed.longBefore(scopeId, wallMs(meta.stamp) - maximumDriftMs) : 0;
  if ((attested ?? 0) < expected) {
    noteAlarm(core, { kind: 'not_forwarded', scopeId, deviceId });
  } else if (attested !== undefined && attested >= core.confirmed.longBefore(scopeId, core.nowMs())) {
    settleAlarms(core, { kind: 'not_forwarded', scopeId, deviceId });
  }
}
