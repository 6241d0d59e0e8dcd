import { authorityMissing } from '../admission/authority.ts';
import { writeDenied } from '../admission/policy.ts';
import type { CollectionName, RecordId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { Change } from '../contract/change.ts';
import type { RecordRow } from '../contract/record.ts';
import type { Draft, Strategy } from '../contract/strategy.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { changeIdOf, decodeChange, encodeChange, loggedChange } from '../log/change.ts';
import type { ScopeState } from '../membership/state.ts';
import { secretsBrought } from '../admission/secrets.ts';
import { runOfRow } from '../merge/crdt.ts';
import { intendedFields } from '../merge/draft.ts';
import { strategyOf } from '../merge/strategies.ts';
import { applyChange, recordContext } from './apply.ts';
import { type Author, createAuthor } from './author.ts';
import { batchToBe } from './batch-to-be.ts';
import { type Core, commit } from './core.ts';
import { unbury } from './graves.ts';
import { leaseholderOf, refusalOfLease, wholeDraft } from './leased-write.ts';
import { rowDamaged } from './row-damaged.ts';
import { auditSecretRefused, keepTaken, secretRefused, withoutSecrets } from './secrets.ts';
import { massChangeOf } from './outbound.ts';
import { isReadable } from './readable.ts';
import { currentRow, newerChangeWaits } from './upgrade-record.ts';
import { refuseCycle } from './tree.ts';
import { versionOf } from './version.ts';
import type { CollectionBinding, Write, WriteRefusal, WriteResult } from './port.ts';

/** A single value larger than this does not fit a batch. */
export const maximumValueBytes: number = 1_450_000;

/**
 * Writes records of one collection: one transaction, and as few batches as they fit. What would be a mass change is
 * refused as a whole, unless it is confirmed.
 */
export function edit(
  core: Core,
  collection: CollectionName,
  writes: readonly Write[],
  isConfirmed: boolean,
): readonly WriteResult[] {
  const target = editable(core, collection);
  if (!target.ok) {
    return writes.map(() => target);
  }
  const preview = isConfirmed ? undefined : massChangeOf(core, collection, writes);
  if (preview !== undefined) {
    return writes.map(() => err({ kind: 'mass_change', preview, message: preview.message }));
  }
  const { binding, scope } = target.value;
  return authored(core, scope, (author) => writes.map((write) => editOne(core, binding, scope, author, write)));
}

/** Runs `work` with an author, seals what it placed, and tells of the batches once they are durable. */
export function authored<T>(core: Core, scope: ScopeState, work: (author: Author) => T): T {
  const { result, sealed, isLocal } = commit(core, () => {
    const author = createAuthor(core, scope);
    const written = work(author);
    // Asked in here, because nothing may fail between what is durable and the telling of it.
    return { result: written, sealed: author.seal(), isLocal: core.scopes.isLocal(scope.scopeId) };
  });
  if (!isLocal) {
    for (const batch of sealed) {
      core.listener.appended(scope.scopeId, batch);
    }
  }
  return result;
}

/** The binding and scope of a collection that may be written now, or why it may not. */
export function editable(
  core: Core,
  collection: CollectionName,
): Result<{ binding: CollectionBinding; scope: ScopeState }, WriteRefusal> {
  const binding = core.bindings.ofCollection(collection);
  if (binding === undefined) {
    return err({
      kind: 'unknown_collection',
      message: `No engine serves the collection ${collection}. See: sourcesync engines ls`,
    });
  }
  const { engineId } = binding.manifest;
  if (!core.isEnabled(engineId)) {
    return err({
      kind: 'engine_disabled',
      message: `${engineId} is switched off here. Switch it on with: sourcesync engines enable ${engineId}`,
    });
  }
  if (binding.scope === 'vault') {
    return err({ kind: 'refused', refusal: staysInVault, message: staysInVault.message });
  }
  const scope = core.scopes.serving(binding.scope);
  const epoch = scope?.epochs.at(-1);
  if (scope === undefined || epoch === undefined) {
    return err({
      kind: 'no_scope',
      message: `This device has joined no ${binding.scope} scope. Create one with: sourcesync scopes create ${binding.scope} NAME`,
    });
  }
  const member = scope.members.get(core.self);
  if (member === undefined || member.revoked !== null) {
    return err({
      kind: 'no_scope',
      message:
        'This device is no longer a member of the scope: it was revoked. Set up a new home and pair it again to go on writing.',
    });
  }
  if (member.role === 'reader') {
    return err({
      kind: 'no_scope',
      message: 'This device is a reader here. An administrator lets it write with: sourcesync devices role',
    });
  }
  if (core.scopes.epochKey(scope.scopeId, epoch.epoch) === undefined) {
    return err({
      kind: 'no_scope',
      message:
        'This device lacks the key now in use in the scope. On a device that administers it run: sourcesync keys rotate --execute',
    });
  }
  return ok({ binding, scope });
}

/** Stamps, encodes, places and applies one draft; nothing of it remains when it is refused. */
export function write(
  core: Core,
  binding: CollectionBinding,
  scope: ScopeState,
  author: Author,
  strategy: Strategy,
  target: Pick<Write, 'id' | 'managedBy' | 'authorId' | 'lease'>,
  draft: Draft,
): WriteResult {
  const denied = writeDenied(core.policy.current(), binding.manifest, target.authorId ?? core.userId);
  if (denied !== undefined) {
    return err({ kind: 'refused', refusal: denied, message: denied.message });
  }
  const change: Change = {
    collection: binding.manifest.collection,
    objectId: target.id,
    schemaVersion: binding.manifest.schemaVersion,
    operation: draft.operation,
    parents: draft.parents,
    authorId: target.authorId ?? core.userId,
    managedBy: target.managedBy ?? 'user',
    stamp: core.journal.nextStamp(),
    value: draft.value,
    lease: target.lease,
  };
  const missing =
    change.lease === undefined
      ? authorityMissing(binding.manifest, { scope, batch: batchToBe(core, scope) })
      : refusalOfLease(core, binding, scope, change, change.lease);
  if (missing !== undefined) {
    return err({ kind: 'refused', refusal: missing, message: missing.message });
  }
  if (!isReadable(change.value)) {
    return err({ kind: 'invalid', message: unreadable });
  }
  const found = secretsBrought(change, binding.manifest, core.secrets.find);
  if (found.length > 0) {
    return refusedForSecret(core, binding, secretRefused(found));
  }
  const bytes = encodeChange(change);
  if (target.authorId !== undefined && !decodeChange(bytes).ok) {
    return err({
      kind: 'invalid',
      message: 'The author of a record is named as urn:srcos:… in letters, digits and - _ . : only.',
    });
  }
  if (bytes.length > maximumValueBytes) {
    return err({
      kind: 'invalid',
      message: `The record has ${bytes.length} bytes; at most ${maximumValueBytes} fit one change.`,
    });
  }
  const { sequence, index } = author.place(change.collection, bytes);
  const changeId = changeIdOf(core.self, bytes);
  const logged = loggedChange(change, { changeId, scopeId: scope.scopeId, deviceId: core.self, sequence, index });
  core.unsealed.set(logged.changeId, logged);
  const applied = applyChange(core, binding, strategy, logged);
  if (!applied.ok || applied.value === undefined) {
    author.unplace();
    core.unsealed.delete(logged.changeId);
    const refusal = applied.ok ? undefined : applied.error;
    if (refusal?.reasonCode === 'secret_redacted') {
      return refusedForSecret(core, binding, refusal);
    }
    return err(
      refusal === undefined
        ? { kind: 'invalid', message: 'The change has no record to apply to.' }
        : { kind: 'refused', refusal, message: refusal.message },
    );
  }
  noteRun(core, applied.value);
  return ok(applied.value);
}

/** Bounded: a run that is forgotten is followed by a new one. */
function noteRun({ incarnation: { runs } }: Core, row: RecordRow): void {
  const run = runOfRow(row);
  if (run !== undefined && !runs.has(run)) {
    if (runs.size >= mostRuns) {
      runs.clear();
    }
    runs.add(run);
  }
}

const mostRuns = 10_000;

/** The record as a local write meets it, or why it takes none. */
export function writableRow(
  core: Core,
  binding: CollectionBinding,
  id: RecordId,
): Result<RecordRow | undefined, WriteRefusal> {
  const unburied = unbury(core, binding, id);
  if (!unburied.ok) {
    return err({ kind: 'damaged', message: unburied.error.message });
  }
  const held = unburied.value ?? core.store.records.get(binding.manifest.collection, id);
  if (held === 'damaged') {
    return err({ kind: 'damaged', message: rowDamaged.message });
  }
  const waits = newerChangeWaits(core, binding, id);
  if (waits !== undefined) {
    return err(waits);
  }
  const row = currentRow(core, binding, held);
  return row.ok ? row : err({ kind: 'refused', refusal: row.error, message: row.error.message });
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
  const holder = request.lease && leaseholderOf(core, request.lease);
  if (holder?.ok === false) {
    return holder;
  }
  const mismatch = versionMismatch(request, row);
  if (mismatch !== undefined) {
    return err(mismatch);
  }
  if (request.intent.kind === 'put') {
    const invalid = invalidFields(core, binding, request, request.intent.fields, holder?.value.agentId);
    if (invalid !== undefined) {
      return err({ kind: 'invalid', message: invalid });
    }
  }
  const clean = withoutSecrets(core, binding, row, request);
  if (!clean.ok) {
    return refusedForSecret(core, binding, clean.error);
  }
  const { intent, taken } = clean.value;
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  const draft = strategy.draft(intent, { ...recordContext(core, binding, row), incarnation: core.incarnation });
  if (!draft.ok) {
    return err({ kind: 'refused', refusal: draft.error, message: draft.error.message });
  }
  const intended = binding.tree === undefined ? undefined : intendedFields(intent, row?.fields ?? null);
  const placed =
    intended?.ok === true ? refuseCycle(core, binding, request.id, row?.fields ?? null, intended.value) : ok(undefined);
  if (!placed.ok) {
    return err({ kind: 'invalid', message: placed.error });
  }
  const isNoChange = row !== undefined && changesNothing(draft.value);
  const target = holder === undefined ? request : { ...request, authorId: holder.value.agentId };
  const drafted = holder === undefined ? draft.value : wholeDraft(draft.value, intent);
  const written = isNoChange ? ok(row) : write(core, binding, scope, author, strategy, target, drafted);
  if (written.ok) {
    keepTaken(core, binding, taken);
  }
  if (written.ok && holder !== undefined) {
    core.leases.spend(holder.value.use, core.nowMs());
  }
  return written;
}

/** What is wrong with the fields of a put, as they will count. */
function invalidFields(
  core: Core,
  { engine, validate }: CollectionBinding,
  request: Write,
  fields: JsonObject,
  agentId: string | undefined,
): string | undefined {
  const authorId = agentId ?? request.authorId ?? core.userId;
  const counted = engine.heard?.({ operation: 'put', value: fields, authorId }) ?? fields;
  const valid = validate(counted as JsonObject);
  return valid.ok ? engine.lacking?.(valid.value, authorId) : valid.error;
}

function refusedForSecret(core: Core, binding: CollectionBinding, refusal: Refusal): WriteResult {
  auditSecretRefused(core, binding);
  return err({ kind: 'refused', refusal, message: refusal.message });
}

/** Writing what is there already is no change: nothing is sealed for it. */
function changesNothing({ operation, value }: Draft): boolean {
  return operation === 'patch' && Array.isArray(value) && value.length === 0;
}

const unreadable =
  'The record holds text that is not well-formed Unicode, or is nested too deep: no other device could read it.';

const staysInVault = refuse(
  'reject',
  'policy_denied',
  'stays_on_device',
  'Records of this collection never leave their device and are kept in its vault. Use the vault of each device.',
);

function versionMismatch(request: Write, row: RecordRow | undefined): WriteRefusal | undefined {
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
