import type { RecordId } from '../base/ids.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { Manifest } from '../contract/manifest.ts';
import type { FindSecrets, FoundSecret } from '../contract/secrets.ts';
import { refuse } from '../contract/verdict.ts';
import { updateBytes } from '../merge/crdt/crdt-update.ts';
import { type ChangeQuestion, type StepAnswer, next, stop } from './change-question.ts';

/** Longest pointer that is quoted in a message. */
const maximumQuoted = 120;

/**
 * What a change brings with it, whatever its operation: fields, values of a patch, a decision. The update of a CRDT is
 * looked through as it travels; text that was typed letter by letter is found in the fields that it leads to.
 */
export function secretsBrought(
  change: Pick<LoggedChange, 'objectId' | 'value'>,
  manifest: Pick<Manifest, 'mergeStrategy'>,
  find: FindSecrets,
): readonly FoundSecret[] {
  const inId = secretsInId(change.objectId, find);
  return inId.length > 0 ? inId : secretsInValue(change, manifest, find);
}

export function secretsInId(id: RecordId, find: FindSecrets): readonly FoundSecret[] {
  return find(id).map((found) => ({ ...found, standsIn: 'name' }));
}

/** Of what a change brings beside the id of its record. */
export function secretsInValue(
  change: Pick<LoggedChange, 'value'>,
  { mergeStrategy }: Pick<Manifest, 'mergeStrategy'>,
  find: FindSecrets,
): readonly FoundSecret[] {
  if (mergeStrategy !== 'crdt') {
    return find(change.value);
  }
  const update = updateBytes(change.value);
  // As text of one byte each, for a look: what a change says is judged by its strategy.
  return update.ok ? find(Buffer.from(update.value).toString('latin1')) : [];
}

/** `github at /props/token`: where, and by which rule; never what. */
export function placeOf([first]: readonly FoundSecret[]): string {
  if (first === undefined) {
    return 'no rule';
  }
  const { path, rule, standsIn } = first;
  const quoted = path.length > maximumQuoted ? `${path.slice(0, maximumQuoted)}…` : path;
  const where = quoted === '' ? '' : ` at ${quoted}`;
  return standsIn === 'name' ? `${rule}, in a name${where}` : `${rule}${where}`;
}

/** The step of the line. */
export function bringsNoSecret({ change, rules, context }: ChangeQuestion): StepAnswer {
  const found = rules === undefined ? [] : secretsBrought(change, rules.manifest, context.findSecrets);
  if (found.length === 0) {
    return next('no');
  }
  const message = `The change holds what looks like a secret (${placeOf(found)}). It has no effect until a person releases it; replace the secret at its issuer, and write a reference into the vault instead.`;
  return stop(refuse('quarantine', 'secret_redacted', undefined, message));
}
