import type { ChangeId, DeviceId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { isOlderMajor, majorOf } from '../../contract/schema-version.ts';
import type { Strategy } from '../../contract/strategy.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { type ChangeGraph, changeGraph } from '../../merge/values/causal.ts';
import { applyPatch, diffPatch, parsePatch } from '../../merge/values/json-patch.ts';
import { type Migrate, migrationBetween } from '../../merge/values/migrations.ts';
import { strategyOf } from '../../merge/strategies.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { type Replay, createReplay } from './replay.ts';

/** Changes of one record by id, each in the form of the engine's own major, or why it cannot have one. */
export type Migrated = ReadonlyMap<ChangeId, Result<LoggedChange, Refusal>>;

/**
 * Brings changes of older majors to the engine's, one major after the other. A put is its fields, migrated. A patch is
 * what it did in the eyes of its author, migrated: the fields before it and after it, and the difference between the
 * two. What is made of a change follows from the change and its ancestors alone, on every device the same.
 * `changes` holds every readable ancestor; the log and the wire keep what was written.
 */
export function migrateChanges(binding: CollectionBinding, changes: readonly LoggedChange[]): Migrated {
  const target = majorOf(binding.manifest.schemaVersion) ?? 0;
  const migrated = new Map<ChangeId, Result<LoggedChange, Refusal>>(
    changes.map((change) => [change.changeId, ok(change)]),
  );
  const lowest = Math.min(target, ...changes.map(({ schemaVersion }) => majorOf(schemaVersion) ?? target));
  for (let major = lowest; major < target; major++) {
    const migrate = migrationBetween(binding.engine, major, major + 1);
    const version = major + 1 === target ? binding.manifest.schemaVersion : `${major + 1}.0.0`;
    const known = [...migrated.values()].flatMap((result) =>
      result.ok && (majorOf(result.value.schemaVersion) ?? target) <= major ? [result.value] : [],
    );
    for (const [changeId, change] of migrateOnce(binding, changeGraph(known), version, migrate)) {
      migrated.set(changeId, change);
    }
  }
  return migrated;
}

/** One step for every change of a graph that holds nothing newer. */
function migrateOnce(
  binding: CollectionBinding,
  graph: ChangeGraph,
  version: string,
  migrate: Migrate | undefined,
): Migrated {
  const views = createViews(binding, strategyOf(binding.manifest.mergeStrategy), graph);
  return new Map(
    graph.ordered.map((change, position) => {
      const value = migrate && migratedValue(change, migrate, () => views.before(change, position));
      return [
        change.changeId,
        value === undefined ? err(notMigrated) : ok({ ...change, schemaVersion: version, value }),
      ];
    }),
  );
}

/** Undefined when the engine or the change's own past does not allow it. */
function migratedValue(
  change: LoggedChange,
  migrate: Migrate,
  before: () => JsonObject | null | undefined,
): JsonValue | undefined {
  const { operation, value } = change;
  switch (operation) {
    case 'put': {
      const fields = isJsonObject(value) ? migrate(value) : undefined;
      return fields?.ok ? fields.value : undefined;
    }
    case 'patch': {
      const from = before();
      const patch = parsePatch(value);
      const to = from && patch && applyPatch(from, patch);
      const [old, next] = from && to?.ok ? [migrate(from), migrate(to.value)] : [];
      return old?.ok && next?.ok ? (diffPatch(old.value, next.value) as unknown as JsonValue) : undefined;
    }
    case 'command': {
      // A decision that brings fields of its own brings whole ones.
      const fields = isJsonObject(value) && isJsonObject(value['fields']) ? migrate(value['fields']) : undefined;
      return fields === undefined ? value : fields.ok ? { ...(value as JsonObject), fields: fields.value } : undefined;
    }
    case 'delete':
    case 'tombstone':
      return value;
  }
}

interface Views {
  /** What the author of the change at this position saw before it. */
  before(change: LoggedChange, position: number): JsonObject | null | undefined;
}

/** Along the common line each author's view goes on from where it was; only beyond it is a past replayed by itself. */
function createViews(binding: CollectionBinding, strategy: Strategy, graph: ChangeGraph): Views {
  const lines = new Map<DeviceId, { readonly replay: Replay; taken: number }>();

  function along(author: DeviceId, count: number): Replay {
    const line = lines.get(author) ?? { replay: createReplay(binding, strategy, author), taken: 0 };
    lines.set(author, line);
    for (const change of graph.ordered.slice(line.taken, count)) {
      line.replay.take(change);
    }
    line.taken = count;
    return line.replay;
  }

  function apart(change: LoggedChange): Replay {
    const replay = createReplay(binding, strategy, change.deviceId);
    for (const ancestor of graph.ordered) {
      if (graph.isBefore(ancestor.changeId, change.changeId)) {
        replay.take(ancestor);
      }
    }
    return replay;
  }

  return {
    before: (change, position) =>
      (position < graph.lineLength ? along(change.deviceId, position) : apart(change)).row()?.fields,
  };
}

/** True for a change, or a row, whose form is not that of the engine any more. */
export function isOutdated(
  binding: CollectionBinding,
  { schemaVersion }: Pick<LoggedChange, 'schemaVersion'>,
): boolean {
  return isOlderMajor(schemaVersion, binding.manifest.schemaVersion);
}

/** Why a row takes no change as it is: it is of a newer major, or has to be made again from its migrated history. */
export function rowOfOtherMajor(
  binding: CollectionBinding,
  row: Pick<LoggedChange, 'schemaVersion'>,
): Refusal | undefined {
  const { schemaVersion } = binding.manifest;
  if (row.schemaVersion === schemaVersion) {
    return undefined;
  }
  if (isOlderMajor(schemaVersion, row.schemaVersion)) {
    return newerRow;
  }
  return isOutdated(binding, row) && binding.engine.migrations !== undefined ? outdatedRow : undefined;
}

const newerRow = refuse(
  'quarantine',
  'migration_required',
  'schema_major',
  'The record was written for a newer major version of its engine than the one that runs here. It is left as it is; upgrade the engine here to go on with it.',
);

export const outdatedRow: Refusal = refuse(
  'quarantine',
  'migration_required',
  'migration_failed',
  'The record is still in the form of an older major version of its engine, and could not be brought to the one in use here. It is left as it is; correct the module of the engine, and restart the daemon.',
);

const notMigrated = refuse(
  'quarantine',
  'migration_required',
  'migration_failed',
  "The engine's migrations could not bring this change of an older version to the one in use here. It is kept; correct the engine's module, and restart the daemon.",
);
