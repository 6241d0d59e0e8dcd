import type { CollectionName } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { pagesOf } from '../../base/pages.ts';
import type { Store } from '../../store/ground/port.ts';
import { turn } from '../../sources/ground/turn.ts';

/** Live records of a collection. */
export type LiveRecords = readonly { readonly id: string; readonly fields: JsonObject }[];

const pageSize = 200;

/** Read once for all that ask the same reader; between pages others have their turn. */
export function liveRecordsReader({
  records,
}: Pick<Store, 'records'>): (collection: CollectionName) => Promise<LiveRecords> {
  const known = new Map<CollectionName, Promise<LiveRecords>>();
  return (collection) => {
    const read = known.get(collection) ?? readAll(records, collection);
    known.set(collection, read);
    return read;
  };
}

async function readAll(records: Store['records'], collection: CollectionName): Promise<LiveRecords> {
  const live: LiveRecords[number][] = [];
  for (const { items } of pagesOf((cursor) => records.list(collection, { cursor, limit: pageSize }))) {
    for (const { id, state, fields } of items) {
      if (state === 'live' && fields !== null) {
        live.push({ id, fields });
      }
    }
    await turn();
  }
  return live;
}
