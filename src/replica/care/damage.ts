import { utf8 } from '../../base/bytes.ts';
import type { CollectionName, RecordId } from '../../base/ids.ts';
import { isJsonObject } from '../../base/json.ts';
import { hash } from '../../crypto/hash.ts';
import type { DamagedRow, PageRequest, Store } from '../../store/ground/port.ts';
import { keepItem, closeItem } from '../kernel/keep.ts';
import { shortId } from '../names/quarantine-id.ts';
import { type Core, type Known, commit } from '../kernel/core.ts';
import type { Logs } from '../kernel/logs.ts';
import type { DamagedRecord, VerifiedPage } from '../names/damaged-record.ts';
import { rowDamaged } from '../names/row-damaged.ts';
import { heldDamage } from './held-damage.ts';

const damageSetting = 'damage';

/** Opens a page of stored records; each that does not open is named, quarantined and told of, and the others go on. */
export function verifyRecords(core: Core, page: PageRequest): VerifiedPage {
  const { checked, damaged, nextCursor } = core.store.upkeep.verifyRecords(page);
  return { checked, damaged: damaged.length === 0 ? [] : isolate(core, damaged), nextCursor };
}

/** A record was found damaged on reading. Undefined when it has become whole, or nothing is stored of it. */
export function noteDamaged(core: Core, collection: CollectionName, id: RecordId): DamagedRecord | undefined {
  if (core.store.records.get(collection, id) !== 'damaged') {
    return undefined;
  }
  const damaged = core.store.upkeep.damagedRowOf(collection, id);
  const named = damaged ?? { collection, place: '', recordId: id, changes: [] };
  return isolate(core, [{ ...named, recordId: id }])[0];
}

/** How many records of a collection are known to be damaged. Costs the same whatever their number. */
export function damagedCount(store: Pick<Store, 'settings'>, collection: CollectionName): number {
  return countsOf(store)[collection] ?? 0;
}

export function isAnyDamaged(store: Pick<Store, 'settings'>): boolean {
  return Object.values(countsOf(store)).some((count) => count > 0);
}

/** Counts what is held, where the numbers themselves may be as old as a copy of them. */
export function recountDamaged(store: Pick<Store, 'settings' | 'quarantine'>): void {
  const counts: Record<string, number> = {};
  for (const { changeId, collection } of heldDamage(store)) {
    if (changeId === null && collection !== null) {
      counts[collection] = (counts[collection] ?? 0) + 1;
    }
  }
  store.settings.set(damageSetting, counts);
}

/** Counts one more, or one fewer, inside the transaction that opens or closes its item. */
export function countDamaged(store: Pick<Store, 'settings'>, collection: CollectionName, by: 1 | -1): void {
  store.settings.set(damageSetting, { ...countsOf(store), [collection]: damagedCount(store, collection) + by });
}

function countsOf(store: Pick<Store, 'settings'>): Readonly<Record<string, number>> {
  const counts = store.settings.get(damageSetting) ?? null;
  return isJsonObject(counts) ? (counts as Readonly<Record<string, number>>) : {};
}

function isolate(core: Core, rows: readonly DamagedRow[]): readonly DamagedRecord[] {
  return commit(core, () => rows.map((row) => isolateOne(core, row)));
}

function isolateOne(core: Known & Pick<Core, 'notices'>, row: DamagedRow): DamagedRecord {
  const { collection } = row;
  const recordId = row.recordId ?? idFromLog(core.logs, row);
  const quarantineId = idOfDamage(collection, recordId ?? row.place);
  const damaged = { row: { ...row, recordId }, quarantineId };
  if (recordId !== undefined) {
    closeNameless(core, row);
  }
  if (core.store.quarantine.get(quarantineId)?.status === 'held') {
    return damaged;
  }
  const { reasonCode, detail, message } = rowDamaged;
  const engineId = core.rules.bindings.ofCollection(collection)?.manifest.engineId ?? null;
  keepItem(core, {
    ...{ id: quarantineId, engineId, collection, recordId: recordId ?? null },
    ...{ reasonCode, detail: detail ?? null, message },
    ...{
      authorId: null,
      deviceId: null,
      stamp: core.notices.journal.nextStamp(),
      changeId: null,
      bytes: null,
      status: 'held',
    },
  });
  countDamaged(core.store, collection, 1);
  core.notices.pendingEvents.push({ type: 'quarantine.added', data: { id: quarantineId, engineId, reasonCode } });
  core.notices.journal.audit({
    eventType: 'sync.record.quarantined',
    actorId: core.device.id,
    subjectId: core.device.id,
    policyDomain: collection,
    outcome: 'quarantine',
    reasonCode,
    details: { detail: detail ?? null, quarantineId },
  });
  return damaged;
}

function idOfDamage(collection: CollectionName, name: string): string {
  return shortId('qr_', hash('quarantine-id', utf8('row_damaged'), utf8(collection), utf8(name)));
}

/** While the log lacked all of its changes, too, the row was known by its place alone. */
function closeNameless(core: Pick<Core, 'store' | 'rules' | 'notices'>, { collection, place }: DamagedRow): void {
  const nameless = core.store.quarantine.get(idOfDamage(collection, place));
  if (nameless?.status === 'held' && nameless.recordId === null) {
    closeItem(core, nameless, 'released');
    countDamaged(core.store, collection, -1);
  }
}

/** Every change of the row says whose it is; the first that can be read is enough. */
function idFromLog(logs: Logs, { collection, changes }: DamagedRow): RecordId | undefined {
  for (const place of changes) {
    const change = logs.reader.change(place);
    if (change?.changeId === place.changeId && change.collection === collection) {
      return change.objectId;
    }
  }
  return undefined;
}
