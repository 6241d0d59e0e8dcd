import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Engine, Migration } from '../../contract/engine.ts';
import type { Manifest } from '../../contract/manifest.ts';
import { majorOf } from '../../contract/schema-version.ts';

/** Fields of an older major as fields of a newer one, or why the engine could not bring them there. */
export type Migrate = (fields: JsonObject) => Result<JsonObject, string>;

/** The engine's migrations from one major to a later one, one after the other; undefined when one of them is missing. */
export function migrationBetween(
  { migrations = [] }: Pick<Engine, 'migrations'>,
  from: number,
  to: number,
): Migrate | undefined {
  const steps: Migration[] = [];
  for (let major = from; major < to; major++) {
    const step = migrations.find(({ fromMajor }) => fromMajor === major);
    if (step === undefined) {
      return undefined;
    }
    steps.push(step);
  }
  return (fields: JsonObject): Result<JsonObject, string> => {
    let current = fields;
    for (const { fromMajor, migrate } of steps) {
      const next = attempt(() => migrate(current));
      if (next === undefined) {
        return err(`the migration from version ${fromMajor} failed or did not answer an object; doctor says why`);
      }
      current = next;
    }
    return ok(current);
  };
}

/**
 * How fields that were written for `version` become those of the engine's own major; undefined when there is no way.
 * A shared document is made of operations that name each other: no function on fields can turn it into another one.
 */
export function migrationTo(
  { schemaVersion, mergeStrategy }: Pick<Manifest, 'schemaVersion' | 'mergeStrategy'>,
  engine: Pick<Engine, 'migrations'>,
  version: string,
): Migrate | undefined {
  const from = majorOf(version);
  const to = majorOf(schemaVersion);
  return from === undefined || to === undefined || mergeStrategy === 'crdt'
    ? undefined
    : migrationBetween(engine, from, to);
}

/** An engine's code is not ours: what it throws, or answers beside an object, is no migration. */
function attempt(migrate: () => unknown): JsonObject | undefined {
  try {
    const answer = migrate();
    return isJsonObject(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}
