import { type DeviceId, type ScopeId, bytesFromHashId } from '../../base/ids.ts';
import { type Result, ok } from '../../base/result.ts';
import type { ChainHead } from '../../contract/chain.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { type BatchAdmission, admitDecoded } from '../../admission/admit-batch.ts';
import { hash } from '../../crypto/hash.ts';
import { hexFromBytes } from '../../base/bytes.ts';
import { type PublicBatch, decodeBatch } from '../../log/header.ts';
import type { BatchMeta } from '../../log/meta.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { noteConfirmation, noteRestored } from '../kernel/applied.ts';
import { holdItem } from '../apply/set-aside.ts';
import { compareFrontier, meetClaims } from '../members/compare-frontier.ts';
import { noteUnread } from '../kernel/event-before.ts';
import { noteForkedHeader } from '../members/log-fork.ts';
import { shortId } from '../names/quarantine-id.ts';
import { sealAgain, takeBack } from './restore-own.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import type { ThisDevice } from '../kernel/this-device.ts';
import { noteRevocations } from '../members/revoke-lease.ts';
import { noteAnnounced } from '../members/announce.ts';
import { noteLabels } from '../members/device-labels.ts';
import type { ReceiveReport } from '../names/reports.ts';
import { settleRecords } from './take-in.ts';
import { isTimeOver } from '../guard/time-over.ts';
import { witness } from '../kernel/witness.ts';
import { noteEquivocation, isWorthAsking, isolating, type Refused } from './refused-batch.ts';
import type { Store } from '../../store/ground/port.ts';

/** As much of a delivery as one transaction has time for: every batch is admitted or judged, every change by itself. */
export function receive(core: Core, scopeId: ScopeId, batches: readonly Uint8Array[]): ReceiveReport {
  const scope = core.logs.scopes.get(scopeId);
  if (scope === undefined) {
    return { appended: 0, duplicates: 0, advanced: new Map(), askAgain: true, refusals: [], left: [] };
  }
  return commit(core, () => {
    const heads = new Map(core.store.log.heads(scopeId));
    const report: OpenReport = { appended: 0, duplicates: 0, advanced: new Map(), askAgain: false, refusals: [] };
    let left = batches;
    do {
      const [bytes, ...others] = left;
      if (bytes !== undefined) {
        receiveOne(core, scope, heads, bytes, report, left);
      }
      left = others;
    } while (left.length > 0 && !isTimeOver(core));
    core.backlog.intake.awaits(left.length > 0);
    return { ...report, left };
  });
}

interface OpenReport {
  appended: number;
  duplicates: number;
  readonly advanced: Map<DeviceId, number>;
  askAgain: boolean;
  readonly refusals: Refusal[];
}

function receiveOne(
  core: Core,
  scope: ScopeState,
  heads: Map<DeviceId, ChainHead>,
  bytes: Uint8Array,
  report: OpenReport,
  /** This batch and those behind it in the delivery. */
  rest: readonly Uint8Array[],
): void {
  const { scopeId } = scope;
  const { admission, head } = admit(core, scope, heads, decodeBatch(bytes));
  switch (admission.kind) {
    case 'duplicate':
      report.duplicates += 1;
      return;
    case 'refused':
      if (isOwnFork(core.device, admission, head) && restoreOwn(core, scope, heads, rest, report)) {
        return;
      }
      report.refusals.push(admission.refusal);
      core.chains.stalledChains.note(admission, head?.sequence ?? 0);
      noteEquivocation(core, scope, admission);
      if (admission.batch !== undefined) {
        noteForkedHeader(core, scope, admission.refusal, admission.batch);
      }
      refuseBatch(core, scopeId, bytes, admission.batch, admission.refusal);
      report.askAgain ||= isWorthAsking(core, admission, head);
      if (admission.chainAdvances && admission.batch !== undefined) {
        append(core, heads, admission.batch, report);
        noteUnread(core.store, admission.batch.header);
      }
      return;
    case 'opened':
      append(core, heads, admission.batch, report);
      compareFrontier(core, scope, heads, admission.batch, admission.meta);
      takeIn(core, scope, admission.batch, admission.meta, admission.records, report);
  }
}

function admit(
  core: Pick<Core, 'store' | 'logs' | 'notices'>,
  scope: ScopeState,
  heads: ReadonlyMap<DeviceId, ChainHead>,
  decoded: Result<PublicBatch, Refusal>,
): { readonly admission: BatchAdmission; readonly head: ChainHead | null } {
  const { scopeId } = scope;
  const author = decoded.ok ? decoded.value.header.deviceId : undefined;
  const head = author === undefined ? null : (heads.get(author) ?? null);
  const admission = admitDecoded(decoded, {
    scope,
    head,
    ...(decoded.ok ? headPosition(core.store, scope, head, decoded.value) : {}),
    idAt: (sequence) => (author === undefined ? undefined : core.store.log.get(scopeId, author, sequence)?.batchId),
    epochKey: (epoch) => core.logs.scopes.epochKey(scopeId, epoch),
  });
  return { admission: isolating(core.notices, scopeId, admission), head };
}

/** An own batch comes back where another one was sealed here: this home was restored from an old copy. */
function isOwnFork(device: ThisDevice, { refusal, batch }: Refused, head: ChainHead | null): boolean {
  const isOwn = batch?.header.deviceId === device.id && batch.header.sequence <= (head?.sequence ?? 0);
  return isOwn && refusal.detail === 'device_equivocation';
}

/**
 * The own chain goes on as it came back, and what was sealed here meanwhile follows it. The log is put right first, so
 * that every change can be read in its place while the ones that came back are applied.
 */
function restoreOwn(
  core: Core,
  scope: ScopeState,
  heads: Map<DeviceId, ChainHead>,
  batches: readonly Uint8Array[],
  report: OpenReport,
): boolean {
  const own = batches.flatMap((bytes) => {
    const decoded = decodeBatch(bytes);
    return decoded.ok && decoded.value.header.deviceId === core.device.id ? [decoded.value] : [];
  });
  const from = own[0]?.header.sequence ?? 1;
  const taken = takeBack(core, scope, from);
  if (taken === undefined) {
    return false;
  }
  const head = core.store.log.heads(scope.scopeId).get(core.device.id);
  if (head === undefined) {
    heads.delete(core.device.id);
  } else {
    heads.set(core.device.id, head);
  }
  const back: Extract<BatchAdmission, { readonly kind: 'opened' }>[] = [];
  for (const batch of own) {
    const { admission } = admit(core, scope, heads, ok(batch));
    if (admission.kind === 'opened') {
      append(core, heads, admission.batch, report);
      back.push(admission);
    }
  }
  sealAgain(core, scope, heads, taken);
  for (const { batch, meta, records } of back) {
    compareFrontier(core, scope, heads, batch, meta);
    takeIn(core, scope, batch, meta, records, report);
  }
  return true;
}

/**
 * Where the author's head stands in the membership log. Read only for a batch that names an older position than ours:
 * no other can have gone back.
 */
function headPosition(
  store: Pick<Store, 'log'>,
  { scopeId, sequence }: ScopeState,
  head: ChainHead | null,
  { header }: PublicBatch,
): { readonly headLogSequence?: number } {
  const isLatest = header.logSequence >= sequence;
  const row = isLatest || head === null ? undefined : store.log.get(scopeId, header.deviceId, head.sequence);
  const batch = row && decodeBatch(row.bytes);
  return batch?.ok ? { headLogSequence: batch.value.header.logSequence } : {};
}

function append(
  core: Pick<Core, 'store' | 'device' | 'notices' | 'chains'>,
  heads: Map<DeviceId, ChainHead>,
  batch: PublicBatch,
  report: OpenReport,
): void {
  const { scopeId, deviceId, sequence } = batch.header;
  core.store.log.append({ scopeId, deviceId, sequence, batchId: batch.batchId, bytes: batch.bytes });
  heads.set(deviceId, { sequence, batchId: batch.batchId });
  report.appended += 1;
  report.advanced.set(deviceId, sequence);
  core.chains.frontierDeltas.grew(scopeId, deviceId);
  if (deviceId === core.device.id) {
    noteRestored(core, scopeId);
  }
  meetClaims(core, batch);
}

function takeIn(
  core: Core,
  scope: ScopeState,
  batch: PublicBatch,
  meta: BatchMeta,
  records: readonly Uint8Array[],
  report: OpenReport,
): void {
  const { deviceId } = batch.header;
  core.notices.journal.observe(meta.stamp);
  noteConfirmation(core, batch, meta);
  noteAnnounced(core, scope, deviceId, meta.scopes);
  noteLabels(core, scope, deviceId, meta);
  noteRevocations(core, scope, deviceId, meta.revocations ?? []);
  const faulty = witness(core, scope, deviceId, meta.audit);
  if (faulty !== undefined) {
    report.refusals.push(faulty);
  }
  settleRecords(core, scope, batch, records);
}

/**
 * As if the batch came now, for one that its chain went over while it could not be read. What its device said of chains
 * is of another day and takes no part.
 */
export function takeInLate(
  core: Core,
  scope: ScopeState,
  batch: PublicBatch,
  meta: BatchMeta,
  records: readonly Uint8Array[],
): void {
  const { deviceId } = batch.header;
  noteAnnounced(core, scope, deviceId, meta.scopes);
  noteLabels(core, scope, deviceId, meta);
  noteRevocations(core, scope, deviceId, meta.revocations ?? []);
  settleRecords(core, scope, batch, records);
}

function refuseBatch(
  core: Known & Pick<Core, 'notices' | 'backlog' | 'chains'>,
  scopeId: ScopeId,
  bytes: Uint8Array,
  batch: PublicBatch | undefined,
  refusal: Refusal,
): void {
  if (refusal.verdict === 'hold') {
    return;
  }
  const digest = batch === undefined ? hash('quarantine-id', bytes) : bytesFromHashId(batch.batchId);
  const id = shortId('qr_', hash('quarantine-id', digest));
  if (refusal.verdict === 'quarantine') {
    if (core.store.quarantine.get(id) !== undefined) {
      return;
    }
    holdItem(core, {
      id,
      engineId: null,
      collection: null,
      recordId: null,
      reasonCode: refusal.reasonCode,
      detail: refusal.detail ?? null,
      message: refusal.message,
      authorId: null,
      deviceId: batch?.header.deviceId ?? null,
      stamp: core.notices.journal.nextStamp(),
      changeId: null,
      bytes,
      status: 'held',
    });
  }
  if (refusal.verdict === 'reject' && !core.chains.rejectedBatches.isNew(id)) {
    return;
  }
  core.notices.journal.audit({
    eventType: refusal.verdict === 'quarantine' ? 'graph.write.quarantined' : 'graph.write.rejected',
    actorId: batch?.header.deviceId ?? core.device.id,
    subjectId: scopeId,
    policyDomain: 'sync',
    outcome: refusal.verdict === 'quarantine' ? 'quarantine' : 'deny',
    reasonCode: refusal.reasonCode,
    details: { detail: refusal.detail ?? null, evidence: hexFromBytes(digest) },
  });
}
