import { base32FromBytes } from '../../base/bytes.ts';
import { groupBy } from '../../base/group-by.ts';
import type { CollectionName, DeviceId, ScopeId } from '../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import { type Core, type Known, commit } from './core.ts';
import { waitingChanges } from './waiting-changes.ts';

/** Why a point was written: before what, or because a person asked. */
export type RestoreCause =
  | 'brake'
  | 'losses'
  | 'going_back'
  | 'reviews'
  | 'owner_push'
  | 'first_meeting'
  | 'rollback'
  | 'person';

/** A place in history that this device can go back to: a position, no copy. History keeps what it needs. */
export interface RestorePoint {
  /** `rp_` and 16 base32 characters. */
  readonly id: string;
  /** What a person calls it; empty for one that was written by itself. */
  readonly name: string;
  readonly cause: RestoreCause;
  readonly atMs: number;
  /** What it was written for; null for everything. */
  readonly collection: CollectionName | null;
}

/** The part of a point that only going back needs. */
interface Position {
  /** Last sequence of each device that was held, by scope. */
  readonly heads: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Changes at or below it that had no effect then: places of each batch, in runs. */
  readonly waiting: Readonly<Record<string, readonly (readonly [first: number, last: number])[]>>;
}

const listSetting = 'restore.points';
const positionSetting = 'restore.point.';
const mostPoints = 64;

/** The points that are kept, newest first. */
export function restorePoints(store: Pick<Store, 'settings'>): readonly RestorePoint[] {
  const saved = store.settings.get(listSetting);
  // The device wrote these itself, sealed: their form is not asked for again.
  return Array.isArray(saved) ? (saved.filter(isJsonObject) as unknown as readonly RestorePoint[]) : [];
}

/** Writes a point as a transaction of its own. */
export function createRestorePoint(
  core: Core,
  facts: Pick<RestorePoint, 'name' | 'cause' | 'collection'>,
): RestorePoint {
  return commit(core, () => noteRestorePoint(core, facts));
}

/** Writes a point inside the caller's transaction, before what it is written for. The oldest beyond 64 go. */
export function noteRestorePoint(
  core: Known & Pick<Core, 'notices' | 'guards'>,
  { name, cause, collection }: Pick<RestorePoint, 'name' | 'cause' | 'collection'>,
): RestorePoint {
  const id = `rp_${base32FromBytes(core.device.randomBytes(10))}`;
  const point: RestorePoint = { id, name, cause, atMs: core.notices.journal.nowMs(), collection };
  const points = [point, ...restorePoints(core.store)];
  for (const dropped of points.slice(mostPoints)) {
    core.store.settings.remove(`${positionSetting}${dropped.id}`);
  }
  core.store.settings.set(listSetting, points.slice(0, mostPoints) as unknown as JsonValue);
  core.store.settings.set(`${positionSetting}${id}`, positionOf(core, collection) as unknown as JsonValue);
  core.guards.turn.points.add(collection);
  const engineId = (collection && core.rules.bindings.ofCollection(collection)?.manifest.engineId) ?? null;
  core.notices.pendingEvents.push({ type: 'restore.written', data: { id, engineId, collection, cause } });
  return point;
}

/** Says of a change whether it had its effect here at a point; undefined when the point is not kept. */
export function effectAt(store: Pick<Store, 'settings'>, pointId: string): ((row: HistoryRow) => boolean) | undefined {
  const saved = store.settings.get(`${positionSetting}${pointId}`) as unknown as Position | undefined;
  return (
    saved &&
    (({ scopeId, deviceId, sequence, index }) => {
      const runs = saved.waiting[`${scopeId} ${deviceId} ${sequence}`] ?? [];
      const wasHeld = sequence <= (saved.heads[scopeId]?.[deviceId] ?? 0);
      return wasHeld && !runs.some(([first, last]) => index >= first && index <= last);
    })
  );
}

function positionOf(core: Pick<Core, 'store' | 'rules'>, collection: CollectionName | null): Position {
  const headsOf = (scopeId: ScopeId): readonly (readonly [DeviceId, number])[] =>
    [...core.store.log.heads(scopeId)].map(([deviceId, { sequence }]) => [deviceId, sequence]);
  const collections =
    collection === null ? core.rules.bindings.all().map(({ manifest }) => manifest.collection) : [collection];
  return {
    heads: Object.fromEntries(
      core.store.scopes.list().map((scopeId) => [scopeId, Object.fromEntries(headsOf(scopeId))]),
    ),
    waiting: runsOf(collections.flatMap((name) => waitingChanges(core.store, name))),
  };
}

/** Places of changes by batch, neighbours joined: a mass change is one run. */
function runsOf(rows: readonly HistoryRow[]): Position['waiting'] {
  const byBatch = groupBy(rows, ({ scopeId, deviceId, sequence }) => `${scopeId} ${deviceId} ${sequence}`);
  return Object.fromEntries([...byBatch].map(([key, changes]) => [key, joined(changes.map(({ index }) => index))]));
}

function joined(places: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const place of [...places].sort((left, right) => left - right)) {
    const last = runs.at(-1);
    if (last !== undefined && place <= last[1] + 1) {
      last[1] = place;
    } else {
      runs.push([place, place]);
    }
  }
  return runs;
}
