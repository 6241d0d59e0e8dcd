import { equalBytes } from '../../base/bytes.ts';
import { type Result, ok } from '../../base/result.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import { openEpochKeys } from '../../membership/log/epoch-keys.ts';
import { adoptResolution, appendEntry } from '../../membership/log/scope-log.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { ScopeEntryRow, ScopeTable } from '../../store/ground/port.ts';

export interface ScopeExtension {
  readonly before: ScopeState;
  readonly after: ScopeState;
  /** Entries to be stored: those behind the position up to which both are one. */
  readonly rows: readonly ScopeEntryRow[];
}

/** What entries that follow the ones held lead to; a fork or a gap is refused. */
export function extendedBy(before: ScopeState, entries: readonly Uint8Array[]): Result<ScopeExtension, Refusal> {
  let after = before;
  const rows: ScopeEntryRow[] = [];
  for (const bytes of entries) {
    const next = appendEntry(after, bytes);
    if (!next.ok) {
      return next;
    }
    if (next.value.sequence > after.sequence) {
      rows.push({ scopeId: before.scopeId, sequence: next.value.sequence, bytes });
    }
    after = next.value;
  }
  return ok({ before, after, rows });
}

/** What a whole other log leads to, where its root decided for it. */
export function resolvedBy(before: ScopeState, entries: readonly Uint8Array[]): Result<ScopeExtension, Refusal> {
  const adopted = adoptResolution(before, entries);
  if (!adopted.ok) {
    return adopted;
  }
  const after = adopted.value;
  const rows = entries.map((bytes, sequence) => ({ scopeId: before.scopeId, sequence, bytes }));
  return ok({ before, after, rows: rows.slice(commonLength(before, after)) });
}

/** Writes an extension, and the keys that it brings for this device. */
export function storeExtension(scopes: ScopeTable, keys: DeviceKeys, { before, after, rows }: ScopeExtension): void {
  const first = rows[0];
  if (first !== undefined && first.sequence <= before.sequence) {
    scopes.cut(before.scopeId, first.sequence);
  }
  for (const row of rows) {
    scopes.append(row);
  }
  if (rows.some(({ sequence }) => after.epochs.some(({ since }) => since === sequence))) {
    takeNewKeys(scopes, keys, after);
  }
}

function takeNewKeys(scopes: ScopeTable, { deviceId, box }: DeviceKeys, state: ScopeState): void {
  const entries = scopes.entries(state.scopeId).map((row) => row.bytes);
  const opened = openEpochKeys({ state, entries, recipient: deviceId, box });
  for (const [epoch, key] of opened.keys) {
    scopes.setEpochKey(state.scopeId, epoch, key);
  }
}

/** How many entries two logs of one scope share from the start. */
function commonLength(left: ScopeState, right: ScopeState): number {
  const fork = left.heads.findIndex((head, position) => {
    const other = right.heads[position];
    return other === undefined || !equalBytes(head, other);
  });
  return fork < 0 ? left.heads.length : fork;
}
