import type { CollectionName } from '../../src/base/ids.ts';
import {
  type GovernedOperation,
  type GovernedTurn,
  clockOf,
  liveRows,
  liveText,
  rowAt,
  recipesMajor,
} from './governed-turn.ts';
import { forgetLosses } from './loss-watch.ts';
import { recipes } from './state-hash.ts';
import type { Process } from './process.ts';
import { versionKey } from './oracles-governance.ts';

export const historyWork = {
  mark_point: (process, { device, governance }) => {
    const { id } = process.replica.createRestorePoint({ name: 'p', cause: 'person', collection: recipes });
    const live = new Map(liveRows(device, recipes).map((row) => [row.id as string, liveText(row)]));
    governance.points.set(id, { device: device.index, major: recipesMajor(device) ?? 0, live });
    return true;
  },
  restore_point: (process, turn) => allowed(turn, restorePoint(process, turn)),
  roll_back_record: (process, turn) => allowed(turn, rollBack(process, turn)),
  roll_back_collection: (process, turn) => {
    const nowMs = clockOf(turn);
    const atMs = nowMs - Math.floor(turn.random.between(0, 60_000));
    const page = process.replica.rollbackPage(recipes, {
      ...{ atMs, startedAtMs: nowMs, execute: true, cursor: null, limit: 100 },
    });
    return allowed(turn, page.ok && page.value.steps.length > 0);
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

/** Going back is a person's word: what is taken away by it was allowed. */
function allowed({ governance, device }: GovernedTurn, isDone: boolean): boolean {
  forgetLosses(governance, device);
  return isDone;
}

/** Invariant 12, of a collection: behind a restore point everything is as it was when the point was written. */
function restorePoint(process: Process, turn: GovernedTurn): boolean {
  const { device, governance, random, report, counters } = turn;
  const mine = [...governance.points].filter(([, point]) => point.device === device.index);
  if (mine.length === 0) {
    return false;
  }
  const [pointId, point] = random.pick(mine);
  const startedAtMs = Number.MAX_SAFE_INTEGER;
  const page = process.replica.rollbackPage(recipes, {
    ...{ atMs: 0, pointId, startedAtMs, execute: true, cursor: null, limit: 100 },
  });
  if (!page.ok || point.major !== recipesMajor(device)) {
    return page.ok;
  }
  counters.hit('restored to a point');
  const failed = new Set<string>(page.value.failed.map(({ id }) => id));
  for (const { id } of page.value.steps) {
    const expected = point.live.get(id) ?? 'nothing';
    const found = liveText(rowAt(device, recipes, id));
    if (!failed.has(id) && found !== expected) {
      report(12, `device ${device.index}: restored, ${id} is ${found} and was ${expected}`);
    }
  }
  return true;
}

/** Invariant 12, of a record: the fields are those of that version, and the version is a new one. */
function rollBack(process: Process, turn: GovernedTurn): boolean {
  const { device, governance, random, report, counters } = turn;
  const collection = random.pick(['recipes', 'workspace']) as CollectionName;
  const prefix = `${device.index} ${collection}/`;
  const mine = [...governance.versions].filter(([key]) => key.startsWith(prefix));
  if (mine.length === 0) {
    return false;
  }
  const [key, expected] = random.pick(mine);
  const [, place = '', version = '', major = ''] = key.split(' ');
  const id = place.slice(place.indexOf('/') + 1) as never;
  const before = rowAt(device, collection, id);
  const [result] = process.replica.rollback(collection, [{ id, target: { kind: 'version', version } }]);
  if (result?.ok !== true) {
    return false;
  }
  const found = liveText(rowAt(device, collection, id));
  // What waits for approval is no part of what is live, and no writer takes it away unseen.
  const isPlain = before === undefined || before.strategyState === null;
  const isComparable = isPlain && (collection !== recipes || Number(major) === recipesMajor(device));
  if (isComparable && found !== expected) {
    report(12, `device ${device.index}: rolled back, ${place} is ${found} and was ${expected}`);
  }
  if (before !== undefined && liveText(before) !== found) {
    counters.hit('rolled back to another version');
    const row = rowAt(device, collection, id);
    if (row !== undefined && governance.versions.has(versionKey(device, row))) {
      report(12, `device ${device.index}: ${place} was rolled back under a version that it had before`);
    }
  }
  return true;
}
