import { isHeldItem } from '../../../contract/held-item.ts';
import { assert } from '../../../base/assert.ts';
import { concat, u32, viewOf } from '../../../base/bytes.ts';
import type { CollectionName } from '../../../base/ids.ts';
import type { QuarantineItem, ReviewItem } from '../../../contract/review.ts';
import { type CounterName, counterNames, counterOfQuarantine, counterOfReview } from '../../ground/counting.ts';
import { noPosition, pageOf, positionFromCursor } from '../../ground/paging.ts';
import type { Page, PageRequest, QuarantineTable, ReviewTable } from '../../ground/port.ts';
import type { Collections } from './collections.ts';
import { type Context, limited } from '../base/context.ts';
import { type StoredRow, createKeyedTable, jsonPayload, valueOfPayload } from '../base/keyed-table.ts';

export function createReviews(context: Context, collections: Collections): ReviewTable {
  const { database, lookup } = context;
  const subjectOf = (collection: string, id: string): Uint8Array => lookup('subject', collection, id);
  const queue = createQueue<ReviewItem>(context, collections, {
    table: 'review',
    columns: ['subject'],
    // Nobody looks for an item that its record does not ask under the record: its own id stands there.
    columnsOf: (item) => [subjectOf(item.collection, isHeldItem(item) ? item.id : item.recordId)],
    counterOf: counterOfReview,
    encode: jsonPayload,
    decode: valueOfPayload,
  });
  const openOf = database.prepare<[Uint8Array], StoredRow>(
    'select row, version, payload from review where subject = ? and counter <> 0 order by row',
  );
  const countOpen = database.prepare<[Uint8Array], { counter: number; items: number }>(
    'select counter, count(*) as items from review where subject = ? and counter <> 0 group by counter',
  );
  return {
    get: queue.get,
    put: queue.put,
    listOpen: queue.page,
    countOpen(collection, id) {
      const found = countOpen.all(subjectOf(collection, id));
      const itemsOf = (name: CounterName): number =>
        found.find(({ counter }) => counterNames[counter - 1] === name)?.items ?? 0;
      return { reviews: itemsOf('review'), conflicts: itemsOf('conflicts') };
    },
    openOf: (collection, id) => openOf.all(subjectOf(collection, id)).flatMap((stored) => queue.open(stored) ?? []),
  };
}

export function createQuarantine(context: Context, collections: Collections): QuarantineTable {
  const queue = createQueue<QuarantineItem>(context, collections, {
    table: 'quarantine',
    columns: [],
    columnsOf: () => [],
    counterOf: counterOfQuarantine,
    encode: encodeQuarantine,
    decode: decodeQuarantine,
  });
  return { get: queue.get, put: queue.put, listHeld: queue.page };
}

interface QueueKind<T> {
  readonly table: 'review' | 'quarantine';
  readonly columns: readonly string[];
  columnsOf(item: T): readonly Uint8Array[];
  /** Undefined for an item that nobody waits for any more. */
  counterOf(item: T): CounterName | undefined;
  encode(item: T): Uint8Array;
  decode(payload: Uint8Array): T;
}

interface Queue<T> {
  get(id: string): T | undefined;
  put(item: T): void;
  page(request: PageRequest, collection?: CollectionName | null): Page<T>;
  open(stored: StoredRow): T | undefined;
}

// Items that belong to no collection stand under 0; counters count from 1, and 0 is an item that is closed.
const noCollection = 0;

function createQueue<T extends { readonly id: string; readonly collection: CollectionName | null }>(
  context: Context,
  collections: Collections,
  kind: QueueKind<T>,
): Queue<T> {
  const { database, transactions, lookup } = context;
  const { table } = kind;
  const rows = createKeyedTable(context, table, ['collection', 'counter', ...kind.columns]);
  const findCounted = database.prepare<[Uint8Array], { row: number; collection: number; counter: number }>(
    `select row, collection, counter from ${table} where hash = ?`,
  );
  const columns = 'row, version, payload';
  const page = database.prepare<[number, number], StoredRow>(
    `select ${columns} from ${table} where counter <> 0 and row > ? order by row ${limited}`,
  );
  const pageOfCollection = database.prepare<[number, number, number], StoredRow>(
    `select ${columns} from ${table} where counter <> 0 and collection = ? and row > ? order by row ${limited}`,
  );
  const hashOf = (id: string): Uint8Array => lookup(table, id);

  function open(stored: StoredRow): T | undefined {
    const payload = rows.open(stored);
    return payload && kind.decode(payload);
  }

  function count(collection: number, from: CounterName | undefined, to: CounterName | undefined): void {
    if (collection !== noCollection) {
      collections.move(collection, from, to);
    }
  }

  return {
    open,
    get(id) {
      const stored = rows.find(hashOf(id));
      const item = stored && open(stored);
      return item?.id === id ? item : undefined;
    },
    put(item) {
      transactions.run(() => {
        const hash = hashOf(item.id);
        const before = findCounted.get(hash);
        const collection = item.collection === null ? noCollection : collections.numberOf(item.collection);
        const counter = kind.counterOf(item);
        if (before !== undefined) {
          count(before.collection, counterNames[before.counter - 1], undefined);
        }
        count(collection, undefined, counter);
        const counterNumber = counter === undefined ? 0 : counterNames.indexOf(counter) + 1;
        rows.putAt(before?.row, hash, kind.encode(item), collection, counterNumber, ...kind.columnsOf(item));
      });
    },
    page({ cursor, limit }, collection) {
      assert(limit >= 1, 'a page has a limit of at least 1');
      const position = positionFromCursor(cursor);
      const number = collection === null ? noCollection : collection && collections.find(collection);
      if (position === noPosition || (collection !== undefined && number === undefined)) {
        return { items: [], nextCursor: null };
      }
      const stored =
        number === undefined ? page.all(position, limit + 1) : pageOfCollection.all(number, position, limit + 1);
      const found = pageOf(stored, limit, (last) => String(last.row));
      return { items: found.items.flatMap((item) => open(item) ?? []), nextCursor: found.nextCursor };
    },
  };
}

/** `u32 length ‖ JSON ‖ bytes`, where the JSON says whether there are bytes. */
function encodeQuarantine(item: QuarantineItem): Uint8Array {
  const json = jsonPayload({ ...item, bytes: item.bytes !== null });
  return concat([u32(json.length), json, item.bytes ?? new Uint8Array(0)]);
}

function decodeQuarantine(payload: Uint8Array): QuarantineItem {
  const end = 4 + viewOf(payload).getUint32(0);
  const item = valueOfPayload<Omit<QuarantineItem, 'bytes'> & { bytes: boolean }>(payload.subarray(4, end));
  return { ...item, bytes: item.bytes ? payload.slice(end) : null };
}
