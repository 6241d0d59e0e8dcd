import type { JsonObject } from '../base/json.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';

/**
 * Holds an object's member names against those a format knows: a missing one is malformed, an additional one belongs to
 * a later version and is kept for an upgrade.
 */
export function memberFault(object: JsonObject, names: ReadonlySet<string>, what: string): Refusal | undefined {
  const found = Object.keys(object);
  if (found.some((name) => !names.has(name))) {
    const message = `The ${what} has members that this version does not know. Upgrade SourceSync.`;
    return refuse('quarantine', 'migration_required', 'record_malformed', message);
  }
  return found.length === names.size ? undefined : malformedRecord(what);
}

export function malformedRecord(what: string): Refusal {
  const message = `The ${what} is not of the form that its format demands. It was rejected.`;
  return refuse('reject', 'schema_unknown', 'record_malformed', message);
}

export function notCanonical(what: string): Refusal {
  const message = `The ${what} is not in canonical form. It was rejected.`;
  return refuse('reject', 'schema_unknown', 'not_canonical', message);
}
