import { authorityMissing } from '../../admission/authority.ts';
import { writeDenied } from '../../admission/policy.ts';
import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import { type Err, type Result, err, ok } from '../../base/result.ts';
import type { Change } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Draft, Strategy } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { changeIdOf, decodeChange, encodeChange, loggedChange } from '../../log/change.ts';
import { isAuditItself } from '../../log/audit-entry.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { noLease } from '../../membership/lease/lease-refusals.ts';
import { runOfRow } from '../../merge/crdt/crdt-draft.ts';
import { type HeldRow, applyChange } from '../apply/apply.ts';
import { quarantineChange } from '../apply/set-aside.ts';
import type { Author } from './author.ts';
import { batchToBe } from '../kernel/batch-to-be.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { ThisDevice } from '../kernel/this-device.ts';
import { revive } from '../apply/revive.ts';
import { heldReviewId } from '../guard/held-question.ts';
import { refusalOfLease } from './leased-write.ts';
import type { Write, WriteRefusal, WriteResult } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { isReadable } from '../names/readable.ts';
import { rowDamaged } from '../names/row-damaged.ts';
import { type CleanIntent, auditSecretRefused, secretRefused, secretsWritten } from '../kernel/secrets.ts';
import { currentRow, newerChangeWaits } from '../apply/upgrade-record.ts';

/** A single value larger than this does not fit a batch. */
export const maximumValueBytes: number = 1_450_000;

/** The binding and scope of a collection that may be written now, or why it may not. */
export function editable(
  core: Pick<Core, 'device' | 'logs' | 'rules'>,
  collection: CollectionName,
): Result<{ binding: CollectionBinding; scope: ScopeState }, WriteRefusal> {
  const binding = core.rules.bindings.ofCollection(collection);
  if (binding === undefined) {
    return err({
      kind: 'unknown_collection',
      message: `No engine serves the collection ${collection}. See: sourcesync engines ls`,
    });
  }
  const { engineId } = binding.manifest;
  if (!core.rules.isEnabled(engineId)) {
    return err({
      kind: 'engine_disabled',
      message: `${engineId} is switched off here. Switch it on with: sourcesync engines enable ${engineId}`,
    });
  }
  if (binding.scope === 'vault') {
    return err({ kind: 'refused', refusal: staysInVault, message: staysInVault.message });
  }
  if (core.logs.chosen.isLearning(collection)) {
    return err({
      kind: 'no_scope',
      message: `What the chosen scope has of "${collection}" is still being read here, and nothing is written meanwhile. Repeat this in a moment.`,
    });
  }
  const scope = core.logs.scopes.serving(binding);
  const epoch = scope?.epochs.at(-1);
  if (scope === undefined || epoch === undefined) {
    return err({
      kind: 'no_scope',
      message:
        core.logs.scopes.unread().length > 0
          ? 'A membership log of this device is damaged, and with it is lost which scope this is written in. See: sourcesync doctor'
          : `This device has joined no ${binding.scope} scope. Create one with: sourcesync scopes create ${binding.scope} NAME`,
    });
  }
  const member = scope.members.get(core.device.id);
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
  if (core.logs.scopes.epochKey(scope.scopeId, epoch.epoch) === undefined) {
    return err({
      kind: 'no_scope',
      message:
        'This device lacks the key now in use in the scope. On a device that administers it run: sourcesync keys rotate --execute',
    });
  }
  return ok({ binding, scope });
}

/** The same, for whoever asks from outside of this program: what the daemons write nobody writes for them. */
export function writable(
  core: Pick<Core, 'device' | 'logs' | 'rules'>,
  collection: CollectionName,
): ReturnType<typeof editable> {
  return isAuditItself({ collection })
    ? err({ kind: 'refused', refusal: daemonsOnly, message: daemonsOnly.message })
    : editable(core, collection);
}

/** The record as a local write meets it, or why it takes none. */
export function writableRow(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  id: RecordId,
): Result<RecordRow | undefined, WriteRefusal> {
  const revived = revive(core, binding, id);
  if (!revived.ok) {
    return err({ kind: 'damaged', message: revived.error.message });
  }
  const held = revived.value ?? core.store.records.get(binding.manifest.collection, id);
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

/** What is written to, and by whom. */
export interface WriteTarget extends Pick<Write, 'id' | 'managedBy' | 'lease' | 'isProposal'> {
  readonly authorId?: string | undefined;
  /** The record, as it was read in this transaction. */
  readonly row: HeldRow;
  /** What is drafted was looked through for secrets as it was meant. */
  readonly clean?: CleanIntent;
}

/** Stamps, encodes, places and applies one draft; nothing of it remains when it is refused. */
export function write(
  core: Core,
  binding: CollectionBinding,
  scope: ScopeState,
  author: Author,
  strategy: Strategy,
  target: WriteTarget,
  draft: Draft,
): WriteResult {
  const written = writeChange(core, binding, scope, author, strategy, target, draft);
  return written.ok ? ok(written.value.row) : written;
}

/** The same, and which change it became. */
export function writeChange(
  core: Core,
  binding: CollectionBinding,
  scope: ScopeState,
  author: Author,
  strategy: Strategy,
  target: WriteTarget,
  draft: Draft,
): Result<{ readonly row: RecordRow; readonly changeId: ChangeId }, WriteRefusal> {
  const by = { authorId: target.authorId ?? core.device.userId, lease: target.lease, objectId: target.id };
  if (standsElsewhere(core, scope, draft.parents)) {
    return err({ kind: 'no_scope', message: ofAnotherScope });
  }
  const held = writeDenied(core.rules.policy.current(), binding.manifest, { ...by, operation: draft.operation });
  if (held?.verdict === 'reject') {
    return err({ kind: 'refused', refusal: held, message: held.message });
  }
  const change: Change = {
    ...by,
    collection: binding.manifest.collection,
    schemaVersion: binding.manifest.schemaVersion,
    operation: draft.operation,
    parents: draft.parents,
    managedBy: target.managedBy ?? 'user',
    stamp: core.notices.journal.nextStamp(),
    value: draft.value,
  };
  const missing =
    change.lease === undefined
      ? authorityMissing(binding.manifest, { scope, batch: batchToBe(core.device, scope) })
      : (refusalOfLease(core, binding, scope, change, change.lease) ??
        (target.isProposal === true && !waitsAnyway(binding, held) ? noLease.needsHuman : undefined));
  if (missing !== undefined) {
    return err({ kind: 'refused', refusal: missing, message: missing.message });
  }
  if (!isReadable(change.value)) {
    return err({ kind: 'invalid', message: unreadable });
  }
  const found = secretsWritten(core.rules, binding.manifest, change, target.clean);
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
  const changeId = changeIdOf(core.device.id, bytes);
  const logged = loggedChange(change, { changeId, scopeId: scope.scopeId, deviceId: core.device.id, sequence, index });
  core.logs.unsealed.set(logged.changeId, logged);
  if (held !== undefined) {
    quarantineChange(core, logged, held);
    return err({ kind: 'waits', reviewId: heldReviewId(logged), message: held.message });
  }
  const applied = applyChange(core, binding, strategy, logged, target.row);
  if (!applied.ok || applied.value === undefined) {
    author.unplace();
    core.logs.unsealed.delete(logged.changeId);
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
  noteRun(core.device, applied.value);
  return ok({ row: applied.value, changeId });
}

/** Nothing of one scope is carried into another, whatever was lost of which one serves. */
function standsElsewhere(
  { store, logs }: Pick<Core, 'store' | 'logs'>,
  { scopeId, kind }: ScopeState,
  parents: readonly ChangeId[],
): boolean {
  const hasOthers = logs.scopes.all().some((other) => other.kind === kind && other.scopeId !== scopeId);
  return hasOthers && parents.some((parent) => (store.history.get(parent)?.scopeId ?? scopeId) !== scopeId);
}

/** Whether a person is asked about an agent's write here without more: none is asked twice about one. */
function waitsAnyway({ manifest }: CollectionBinding, held: Refusal | undefined): boolean {
  return held !== undefined || manifest.mergeStrategy === 'manual_review';
}

/** Bounded: a run that is forgotten is followed by a new one. */
function noteRun({ processEpoch: { runs } }: ThisDevice, row: RecordRow): void {
  const run = runOfRow(row);
  if (run !== undefined && !runs.has(run)) {
    if (runs.size >= mostRuns) {
      runs.clear();
    }
    runs.add(run);
  }
}

const mostRuns = 10_000;

export function refusedForSecret(
  core: Pick<Core, 'device' | 'notices'>,
  binding: CollectionBinding,
  refusal: Refusal,
): Err<WriteRefusal> {
  auditSecretRefused(core, binding);
  return err({ kind: 'refused', refusal, message: refusal.message });
}

const ofAnotherScope =
  'The record came through another scope than the one that serves its collection here, and nothing is carried from one into the other. See: sourcesync doctor';

const unreadable =
  'The record holds text that is not well-formed Unicode, or is nested too deep: no other device could read it.';

const daemonsOnly = refuse(
  'reject',
  'policy_denied',
  'audit_writer',
  'The audit is what the daemons of your devices note themselves, and nobody else writes into it. Read it with sourcesync audit ls and sourcesync records ls audit; entries of your own go into a collection of their own, whose manifest says append_only.',
);

const staysInVault = refuse(
  'reject',
  'policy_denied',
  'stays_on_device',
  'Records of this collection never leave their device and are kept in its vault. Use the vault of each device.',
);
