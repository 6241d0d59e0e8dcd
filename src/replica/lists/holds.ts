import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import type { ChangeId, CollectionName, DeviceId, RecordId } from '../../base/ids.ts';
import { lossKeyOf } from '../../policy/window.ts';
import type { Store } from '../../store/ground/port.ts';
import { type HeldLosses, heldFromJson, heldJson } from '../names/held-losses.ts';

/** What of a collection the brake keeps back of what others wrote, and the question about it. */
export interface Hold {
  readonly reviewId: string;
  readonly held: HeldLosses;
  /** Whose changes they are. */
  readonly devices: readonly DeviceId[];
  /** What was live before any of it, and how many of those were lost without asking. */
  readonly live: number;
  readonly others: number;
  readonly isRecent: boolean;
  readonly allowed: number;
  /** Records that went within the minute before, as part of the same: they come back with the rest. */
  readonly gone: readonly GoneRecord[];
}

/** A record that was lost, and the heads at which it was what it had been. */
export interface GoneRecord {
  readonly id: RecordId;
  readonly heads: readonly ChangeId[];
}

/** What the brake keeps back, kept in memory as the disk has it, because it is asked for with every change. */
export interface HoldList {
  /** Undefined where nothing of the collection is held. */
  of(collection: CollectionName): Hold | undefined;
  /** Something of the record is held. */
  has(collection: CollectionName, id: RecordId): boolean;
  /** Inside a transaction. */
  put(collection: CollectionName, hold: Hold | undefined): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

export function createHoldList({ settings }: Pick<Store, 'settings'>): HoldList {
  const known = new Map<CollectionName, Hold | undefined>();

  function of(collection: CollectionName): Hold | undefined {
    if (!known.has(collection)) {
      known.set(collection, holdFromJson(settings.get(settingOf(collection))));
    }
    return known.get(collection);
  }

  return {
    of,
    has: (collection, id) => of(collection)?.held.has(lossKeyOf(id)) === true,
    put(collection, hold) {
      known.set(collection, hold);
      if (hold === undefined) {
        settings.remove(settingOf(collection));
      } else {
        settings.set(settingOf(collection), { ...hold, held: heldJson(hold.held) } as unknown as JsonValue);
      }
    },
    forget() {
      known.clear();
    },
  };
}

function settingOf(collection: CollectionName): string {
  return `brake.hold.${collection}`;
}

/** The device wrote it itself, sealed: its form is not asked for again. */
function holdFromJson(saved: JsonValue | undefined): Hold | undefined {
  if (!isJsonObject(saved)) {
    return undefined;
  }
  const hold = saved as unknown as Omit<Hold, 'held'> & { readonly held: JsonObject };
  return { ...hold, held: heldFromJson(hold.held) };
}
