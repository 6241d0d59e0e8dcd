import { assert } from '../base/assert.ts';
import type { JsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { maximumDriftMs, wallMs } from '../clock/stamp.ts';
import type { LoggedChange } from '../contract/change.ts';
import { staysOnDevice } from '../contract/manifest.ts';
import { isOlderMajor, majorOf } from '../contract/schema-version.ts';
import { refuse } from '../contract/verdict.ts';
import { standingAt } from '../membership/parse/standing.ts';
import { wholeFieldsOf } from '../merge/values/decision.ts';
import { isByItsAuthor, isOwnEntry } from './author.ts';
import { holdsAuthority } from './authority.ts';
import { type ChangeQuestion, type CollectionRules, type StepAnswer, next, rulesOf, stop } from './change-question.ts';
import { fitsMove } from './move.ts';
import { migrationTo } from '../merge/values/migrations.ts';
import { fitsPolicy } from './policy.ts';
import { bringsNoSecret } from './secrets.ts';
import type { ChangeStep } from './steps.ts';

export interface ChangeJudge {
  readonly step: Exclude<ChangeStep, 'record'>;
  readonly judge: (question: ChangeQuestion) => StepAnswer;
}

/** The steps after decoding, in order: the admission of a change and its explanation both walk this list. */
export const changeLine: readonly ChangeJudge[] = [
  { step: 'clock', judge: noteClock },
  { step: 'collection', judge: knowCollection },
  { step: 'residence', judge: mayLeaveDevice },
  { step: 'proof', judge: carriesProof },
  { step: 'scope_kind', judge: fitsScopeKind },
  { step: 'schema_version', judge: fitsSchemaVersion },
  { step: 'audit_entry', judge: isOwnEntry },
  { step: 'record_schema', judge: fitsRecordSchema },
  { step: 'role', judge: mayWrite },
  { step: 'author', judge: isByItsAuthor },
  { step: 'authority', judge: holdsAuthority },
  { step: 'secrets', judge: bringsNoSecret },
  { step: 'policy', judge: fitsPolicy },
];

/** A poisoned stamp is told of and orders as it says; it only never raises this device's clock. */
export function isBeyondDrift({ change, context }: Pick<ChangeQuestion, 'change' | 'context'>): boolean {
  return wallMs(change.stamp) > context.nowMs + maximumDriftMs;
}

function noteClock(question: ChangeQuestion): StepAnswer {
  return next(isBeyondDrift(question) ? 'no (clock_skew): it is accepted, and does not raise the clock here' : 'yes');
}

function knowCollection({ change, rules }: ChangeQuestion): StepAnswer {
  if (rules !== undefined) {
    return next(`yes: ${rules.manifest.engineId} ${rules.manifest.schemaVersion}`);
  }
  const message = `No engine on this device serves the collection "${change.collection}". Add its manifest, or upgrade; the change is then judged again.`;
  return stop(refuse('quarantine', 'schema_unknown', 'collection_unknown', message));
}

function mayLeaveDevice({ context, ...question }: ChangeQuestion): StepAnswer {
  const { scope, manifest } = rulesOf(question);
  if (!staysOnDevice(scope) && !staysOnDevice(manifest.encryptionScope)) {
    return next('yes');
  }
  if (scope === 'device' && context.scopeIsLocal) {
    return next("it stays here: this is the device's own log");
  }
  const message = `Records of "${manifest.collection}" never leave the device they were written on, yet one arrived. It has no effect; find out which device sent it.`;
  return stop(refuse('reject', 'policy_denied', 'stays_on_device', message));
}

/**
 * A snapshot lets older batches go, so that what it says in others' names must be shown by their signatures. This
 * version writes none and reads no proofs: what matters in one is refused, and the rest is its sender's own word.
 */
function carriesProof({ context, ...question }: ChangeQuestion): StepAnswer {
  const { policyClass } = rulesOf(question).manifest;
  if (context.batch.kind !== 'snapshot') {
    return next('not asked: it came in a batch of its own author');
  }
  if (policyClass === 'low' || policyClass === 'medium') {
    return next(`not asked of class ${policyClass}`);
  }
  const message = `A snapshot brought a record of class ${policyClass} without the proof of its own batch. It has no effect; fetch the original batches from another device.`;
  return stop(refuse('reject', 'signature_invalid', 'proof_mismatch', message));
}

function fitsScopeKind({ context, ...question }: ChangeQuestion): StepAnswer {
  const { scope, manifest } = rulesOf(question);
  const arrivedIn = context.scopeIsLocal ? 'device' : context.scope.kind;
  if (scope === arrivedIn) {
    return next(`yes: ${scope}`);
  }
  const message = `Records of "${manifest.collection}" belong to a ${scope} scope here, and this one came through a ${arrivedIn} scope. It is held; make the configuration of both devices agree.`;
  const reasonCode = scope === 'profile' ? 'profile_boundary_violation' : 'workspace_scope_mismatch';
  return stop(refuse('quarantine', reasonCode, 'scope_kind', message));
}

function fitsSchemaVersion({ change, ...question }: ChangeQuestion): StepAnswer {
  const { manifest, engine } = rulesOf(question);
  const local = majorOf(manifest.schemaVersion);
  const written = majorOf(change.schemaVersion);
  assert(local !== undefined, 'a registered manifest has a semantic version');
  if (written === undefined) {
    const message =
      'The schema version of the change is not a semantic version. It is held; the device that wrote it is at fault.';
    return stop(refuse('quarantine', 'schema_unknown', 'record_malformed', message));
  }
  if (written === local) {
    return next(`yes: ${change.schemaVersion}, here ${manifest.schemaVersion}`);
  }
  if (written < local && migrationTo(manifest, engine, change.schemaVersion) !== undefined) {
    return next(`yes: ${change.schemaVersion} is read as ${manifest.schemaVersion} by the migrations of the engine`);
  }
  const remedy =
    written > local
      ? 'Upgrade here; it is then judged again.'
      : 'No migration from that version is declared here; upgrade the device that wrote it.';
  const message = `The change was written for schema ${change.schemaVersion} of "${manifest.collection}", and this device has ${manifest.schemaVersion}. ${remedy}`;
  return stop(refuse('quarantine', 'migration_required', 'schema_major', message));
}

/**
 * Only whole fields can be held against the schema here. A patch is checked by the strategy on the fields that it
 * leads to, a CRDT update after it was merged into a scratch copy, a command that carries none by its strategy.
 */
function fitsRecordSchema({ change, ...question }: ChangeQuestion): StepAnswer {
  const { manifest, engine, validate } = rulesOf(question);
  const move = fitsMove(change, manifest);
  if (move !== undefined) {
    return move;
  }
  const fields = wholeFieldsOf(engine.heard === undefined ? change : { ...change, value: engine.heard(change) });
  if ((change.operation !== 'put' && fields === undefined) || manifest.mergeStrategy === 'crdt') {
    return next(`not asked of a ${change.operation}: the strategy checks what it leads to`);
  }
  const whole = fieldsOfChange(change, fields, rulesOf(question));
  const checked = whole.ok ? complete(validate(whole.value), engine, change) : whole;
  if (checked.ok) {
    return next('yes');
  }
  const message = `The fields break the record schema of "${manifest.collection}". ${sentence(checked.error)} It is held; correct it where it was written, or drop it.`;
  return stop(refuse('quarantine', 'schema_unknown', 'record_invalid', message));
}

/** Fields that fit their schema may still lack what their engine demands of them. */
function complete(
  checked: Result<JsonObject, string>,
  engine: CollectionRules['engine'],
  { authorId, operation }: LoggedChange,
): Result<JsonObject, string> {
  const lack = checked.ok ? engine.lacking?.(checked.value, operation === 'command' ? null : authorId) : undefined;
  return lack === undefined ? checked : err(lack);
}

/** The whole fields that a change brings in, in the form of the local major. */
function fieldsOfChange(
  { schemaVersion }: LoggedChange,
  fields: JsonObject | undefined,
  { manifest, engine }: CollectionRules,
): Result<JsonObject, string> {
  if (fields === undefined) {
    return err('The fields are not an object.');
  }
  const migrate = isOlderMajor(schemaVersion, manifest.schemaVersion)
    ? migrationTo(manifest, engine, schemaVersion)
    : undefined;
  return migrate === undefined ? ok(fields) : migrate(fields);
}

function sentence(words: string): string {
  return words.endsWith('.') ? words : `${words}.`;
}

// The strategies trust that a change has its author's role behind it, also when it is judged again from the log.
function mayWrite({ change, context }: ChangeQuestion): StepAnswer {
  const standing = standingAt(context.scope, change.deviceId, context.batch.logSequence, context.batch.sequence);
  if (standing !== undefined && standing.role !== 'reader') {
    return next(`yes: ${standing.role}`);
  }
  const message =
    'The device that wrote this may read in the scope, not write. The change has no effect; an administrator can change its role.';
  return stop(refuse('reject', 'policy_denied', 'role_insufficient', message));
}
