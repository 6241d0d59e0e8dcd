import type { CollectionName } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { err, ok } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Draft } from '../../contract/strategy.ts';
import { readsAsMove } from '../../log/move.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { permissionsFault } from '../lists/agent-permissions.ts';
import { draftContext } from '../apply/apply.ts';
import type { Author } from './author.ts';
import { authored } from './authored.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { ThisDevice } from '../kernel/this-device.ts';
import { type Call, dropCall } from '../guard/held-calls.ts';
import { leaseholderOf, wholeDraft } from './leased-write.ts';
import { rowMadeFrom } from '../past/made-from.ts';
import { awaitApproval, needsApproval } from './awaited-uses.ts';
import { heldCall, massChangeOf } from '../guard/outbound.ts';
import { noteRestorePoint } from '../kernel/restore-points.ts';
import type { EditWord, Write, WriteRefusal, WriteResult } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { keepTaken, withoutSecrets } from '../kernel/secrets.ts';
import { refuseCycle } from '../apply/tree.ts';
import { versionOf } from '../names/version.ts';
import { refusedForSecret, writable, writableRow, write } from './write-change.ts';

/**
 * Writes records of one collection: one transaction, and as few batches as they fit. What would take too much away is
 * held as a whole and a person is asked, unless one has confirmed it, or the caller has had it looked at.
 */
export function edit(
  core: Core,
  collection: CollectionName,
  writes: readonly Write[],
  word: EditWord,
  alongside?: (results: readonly WriteResult[]) => void,
): readonly WriteResult[] {
  const target = writable(core, collection);
  if (!target.ok) {
    return writes.map(() => target);
  }
  const change = word === 'looked_at' ? undefined : massChangeOf(core, collection, writes);
  if (change !== undefined && word === false) {
    const preview = heldCall(core, collection, { kind: 'edit', writes }, change);
    return writes.map(() => err({ kind: 'mass_change', preview, message: preview.message }));
  }
  const { binding, scope } = target.value;
  return authored(core, scope, (author) => {
    if (change !== undefined) {
      allowLosses(core, collection, { kind: 'edit', writes });
    }
    const results = writes.map((write) => editOne(core, binding, scope, author, write));
    alongside?.(results);
    return results;
  });
}

/** A person has allowed what a call takes away: it counts no longer, and there is a way back from it. */
export function allowLosses(
  core: Known & Pick<Core, 'notices' | 'guards'>,
  collection: CollectionName,
  call: Call,
): void {
  core.guards.turn.judging = 'decided';
  noteRestorePoint(core, { name: '', cause: 'brake', collection });
  core.guards.windows.end({ collection });
  dropCall(core, collection, call);
}

export function editOne(
  core: Core,
  binding: CollectionBinding,
  scope: ScopeState,
  author: Author,
  request: Write,
): WriteResult {
  const held = writableRow(core, binding, request.id);
  if (!held.ok) {
    return held;
  }
  const row = held.value;
  const holder = request.lease && leaseholderOf(core.rules, request.lease);
  if (holder?.ok === false) {
    return holder;
  }
  const mismatch = versionMismatch(request, row);
  if (mismatch !== undefined) {
    return err(mismatch);
  }
  if (request.intent.kind === 'put') {
    if (readsAsMove(request.intent.fields)) {
      return err({ kind: 'invalid', message: reservedName });
    }
    const invalid = invalidFields(core.device, binding, request, request.intent.fields, holder?.value.agentId);
    if (invalid !== undefined) {
      return err({ kind: 'invalid', message: invalid });
    }
  }
  const base = rowMadeFrom(core, binding, request, row);
  if (!base.ok) {
    return base;
  }
  const clean = withoutSecrets(core.rules, binding, base.value, request);
  if (!clean.ok) {
    return refusedForSecret(core, binding, clean.error);
  }
  const { intent, taken } = clean.value;
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  const context = draftContext(core, binding, intent, base.value);
  const draft = strategy.draft(intent, { ...context, latest: base.value === row ? undefined : row });
  if (!draft.ok) {
    return err({ kind: 'refused', refusal: draft.error, message: draft.error.message });
  }
  const seen = base.value?.fields ?? null;
  const { intended } = context;
  const placed = intended.ok ? refuseCycle(core.store, binding, request.id, seen, intended.value) : ok(undefined);
  if (!placed.ok) {
    return err({ kind: 'invalid', message: placed.error });
  }
  const unreadable = permissionsFault(binding.manifest, intended, seen);
  if (unreadable !== undefined) {
    return err({ kind: 'invalid', message: unreadable });
  }
  const isNoChange = row !== undefined && changesNothing(draft.value);
  const target = { ...request, row, clean: intent, authorId: holder?.value.agentId ?? request.authorId };
  const drafted = holder === undefined ? draft.value : wholeDraft(draft.value, intent);
  const written = isNoChange ? ok(row) : write(core, binding, scope, author, strategy, target, drafted);
  if (holder !== undefined && needsApproval(written)) {
    return awaitApproval(core, binding, request, holder.value);
  }
  if (written.ok || written.error.kind === 'waits') {
    keepTaken(core, binding, taken);
    if (holder !== undefined) {
      core.rules.leases.spend(holder.value.use, core.device.nowMs());
    }
  }
  return written;
}

/** What is wrong with the fields of a put, as they will count. */
function invalidFields(
  device: ThisDevice,
  { engine, validate }: CollectionBinding,
  request: Write,
  fields: JsonObject,
  agentId: string | undefined,
): string | undefined {
  const authorId = agentId ?? request.authorId ?? device.userId;
  const counted = engine.heard?.({ operation: 'put', value: fields, authorId }) ?? fields;
  const valid = validate(counted as JsonObject);
  if (!valid.ok) {
    return valid.error;
  }
  return engine.lacking?.(valid.value, authorId);
}

/** Writing what is there already is no change: nothing is sealed for it. */
function changesNothing({ operation, value }: Draft): boolean {
  return operation === 'patch' && Array.isArray(value) && value.length === 0;
}

const reservedName =
  'Fields that are {"$moved": …} alone say that a record was renamed. Give the record another member, or rename with: sourcesync records mv COLLECTION OLD NEW';

export function versionMismatch(
  request: Pick<Write, 'ifVersion'>,
  row: RecordRow | undefined,
): WriteRefusal | undefined {
  if (request.ifVersion === undefined) {
    return undefined;
  }
  const current = row?.state === 'live' ? versionOf(row) : null;
  return current === request.ifVersion
    ? undefined
    : {
        kind: 'version_mismatch',
        current,
        message: 'The record has changed since it was read. Read it again and repeat the write.',
      };
}
