import { equalBytes } from '../../base/bytes.ts';
import type { ScopeId } from '../../base/ids.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { type PublicBatch, signedHeaderOf } from '../../log/header.ts';
import { parseEntry } from '../../membership/parse/entry-codec.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { AlarmKind } from '../names/alarm.ts';
import { noteAlarm, raiseAlarm } from '../kernel/alarms.ts';
import { isBelieved } from '../kernel/belief.ts';
import type { Core } from '../kernel/core.ts';

/** What a refusal of membership entries tells of whoever handed them out: the signatures were good. */
const kindOf: Readonly<Partial<Record<NonNullable<Refusal['detail']>, AlarmKind>>> = {
  log_fork: 'log_fork',
  log_chain: 'log_fork',
  log_rollback: 'log_rollback',
};

/**
 * Entries were refused. Where they are signed and belong to another history of the log, that is an alarm, with the entry
 * that was shown and the one held in its place; membership stays as it is here.
 */
export function noteRefusedEntries(
  core: Core,
  scopeId: ScopeId,
  refusal: Refusal,
  entries: readonly Uint8Array[],
): void {
  const kind = refusal.detail === undefined ? undefined : kindOf[refusal.detail];
  if (kind !== undefined) {
    raiseAlarm(core, { kind, scopeId, evidence: kind === 'log_fork' ? bothEntries(core, scopeId, entries) : [] });
  }
}

/**
 * A peer's batch names another log than the one held here: it says that there is one, and shows none. Inside the
 * transaction that judges it.
 */
export function noteForkedHeader(
  core: Pick<Core, 'store' | 'device' | 'notices'>,
  scope: ScopeState,
  { detail }: Refusal,
  batch: PublicBatch,
): void {
  const { scopeId, deviceId, logSequence } = batch.header;
  if (detail === 'log_fork' && isBelieved(core.notices, scope, deviceId)) {
    const claims = [{ by: deviceId, sequence: logSequence, atMs: core.device.nowMs(), against: [] }];
    noteAlarm(core, { kind: 'log_fork', scopeId, claims, evidence: [signedHeaderOf(batch.bytes)] });
  }
}

/** The first entry that differs, and what is held at its position, or last. */
function bothEntries(
  core: Pick<Core, 'store' | 'logs'>,
  scopeId: ScopeId,
  entries: readonly Uint8Array[],
): readonly Uint8Array[] {
  const heads = core.logs.scopes.get(scopeId)?.heads ?? [];
  const held = core.store.scopes.entries(scopeId);
  for (const bytes of entries) {
    const parsed = parseEntry(bytes);
    const sequence = parsed.ok && parsed.value.entry.t !== 'genesis' ? parsed.value.entry.sequence : undefined;
    const ours = sequence === undefined ? undefined : held[Math.min(sequence, heads.length - 1)];
    if (ours !== undefined && !equalBytes(ours.bytes, bytes)) {
      return [bytes, ours.bytes];
    }
  }
  return [];
}
