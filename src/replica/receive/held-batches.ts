import type { ScopeId } from '../../base/ids.ts';
import { pagesOf } from '../../base/pages.ts';
import type { Result } from '../../base/result.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import { changeIdOf, decodeChange } from '../../log/change.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { type PublicBatch, decodeBatch } from '../../log/header.ts';
import { decodeMeta } from '../../log/meta.ts';
import { openBatch } from '../../log/sealing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { type Core, commit } from '../kernel/core.ts';
import { settleChange } from '../apply/judge.ts';
import { closeItem } from '../kernel/keep.ts';
import { quarantineIdOf } from '../names/quarantine-id.ts';
import { receive, takeInLate } from './receive.ts';
import { rejudge } from '../apply/release.ts';

/** Judges again every batch that is held whole: after an upgrade, or when a scope has learned something. */
export function rejudgeBatches(core: Core): void {
  if (!core.backlog.waiting.anyBatch()) {
    return;
  }
  const places: { readonly id: string; readonly sequence: number }[] = [];
  // A batch may have a mebibyte: all are looked at, and only one at a time is kept.
  for (const { items } of pagesOf((cursor) => core.store.quarantine.listHeld({ cursor, limit: 16 }, null))) {
    for (const item of items) {
      const batch = batchOf(item);
      if (batch !== undefined) {
        places.push({ id: item.id, sequence: batch.header.sequence });
      }
    }
  }
  // A chain goes on in its own order.
  places.sort((left, right) => left.sequence - right.sequence);
  for (const { id } of places) {
    const item = core.store.quarantine.get(id);
    const batch = item && batchOf(item);
    const scope = batch && core.logs.scopes.get(batch.header.scopeId);
    if (item !== undefined && batch !== undefined && scope !== undefined && isTaken(core, scope, item, batch)) {
      settle(core, item);
    }
  }
}

function batchOf({ status, bytes }: QuarantineItem): PublicBatch | undefined {
  const decoded = status !== 'held' || bytes === null ? undefined : decodeBatch(bytes);
  return decoded?.ok === true ? decoded.value : undefined;
}

/**
 * Takes what goes on with a membership log, and judges again whatever waits in its scope when it did: for a position, a
 * key, an authority.
 */
export function learning(core: Core, take: () => Result<ScopeState, Refusal>): Result<ScopeState, Refusal> {
  const known = new Set(core.logs.scopes.all());
  const learned = take();
  // In transactions of their own: what was learned is durable, whatever becomes of what waited.
  if (learned.ok && !known.has(learned.value)) {
    rejudgeBatches(core);
    if (core.backlog.waiting.any()) {
      rejudgeChanges(core, learned.value.scopeId);
    }
  }
  return learned;
}

function rejudgeChanges(core: Core, scopeId: ScopeId): void {
  for (const binding of core.rules.bindings.all()) {
    if (core.logs.scopes.serving(binding)?.scopeId === scopeId && core.rules.isEnabled(binding.manifest.engineId)) {
      rejudge(core, binding.manifest.collection);
    }
  }
}

/** One that its chain went over already is read where it stands; any other comes as if it were delivered now. */
function isTaken(core: Core, scope: ScopeState, item: QuarantineItem, batch: PublicBatch): boolean {
  const { scopeId, deviceId, sequence } = batch.header;
  const isInLog = (): boolean => core.store.log.get(scopeId, deviceId, sequence)?.batchId === batch.batchId;
  if (isInLog()) {
    return isReadNow(core, scope, item, batch);
  }
  receive(core, scopeId, [batch.bytes]);
  return isInLog();
}

/** The item is of one record that could not be read as a change, or of a whole batch that could not be taken in. */
function isReadNow(core: Core, scope: ScopeState, item: QuarantineItem, batch: PublicBatch): boolean {
  const key = core.logs.scopes.epochKey(scope.scopeId, batch.header.epoch);
  const opened = key && openBatch(batch, key);
  const [metaBytes, ...records] = opened?.ok ? opened.value : [];
  const { deviceId } = batch.header;
  const position = records.findIndex((one) => quarantineIdOf({ changeId: changeIdOf(deviceId, one) }) === item.id);
  const record = records[position];
  if (record !== undefined) {
    const isReadable = decodeChange(record).ok;
    if (isReadable) {
      commit(core, () => settleChange(core, scope, batch.header, position + 1, record));
    }
    return isReadable;
  }
  const meta = metaBytes && decodeMeta(metaBytes);
  if (meta?.ok !== true) {
    return false;
  }
  commit(core, () => {
    takeInLate(core, scope, batch, meta.value, records);
  });
  return true;
}

function settle(core: Core, item: QuarantineItem): void {
  // A change in it that waits for something else has taken over the item.
  if ((core.store.quarantine.get(item.id)?.bytes ?? null) === null) {
    return;
  }
  commit(core, () => {
    closeItem(core, item, 'released');
  });
}
