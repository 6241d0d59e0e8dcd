import { concat, equalBytes, u64, utf8, viewOf } from '../../../base/bytes.ts';
import { keyedHash } from '../../../crypto/hash.ts';
import { hashIdSizeBytes, slotsOfCollection, stampSizeBytes } from './record-row.ts';

/** A row of the history table. */
export interface StoredChange {
  readonly row: number;
  readonly change_id: Uint8Array;
  readonly record: number;
  readonly scope: number;
  readonly device: number;
  readonly sequence: number;
  readonly position: number;
  readonly stamp: Uint8Array;
  readonly disposition: number;
  readonly tag: Uint8Array;
}

/** Numbers of the dispositions in the history table, and in what is kept of collected records. */
export const dispositions: readonly ['applied', 'proposed', 'superseded', 'waiting', 'refused'] = [
  'applied',
  'proposed',
  'superseded',
  'waiting',
  'refused',
];
const tagSizeBytes = 8;
const taggedNumbers = ['record', 'scope', 'device', 'sequence', 'position', 'disposition'] as const;
export const historyColumns = 'row, change_id, record, scope, device, sequence, position, stamp, disposition, tag';

/** False for a row that is not as it was written. */
export function isTagged(tagKey: Uint8Array, stored: StoredChange): boolean {
  return equalBytes(stored.tag, tagOf(tagKey, stored)) && dispositions[stored.disposition] !== undefined;
}

/** What the keys of all that waits in a collection begin with. */
export function collectionKey(collection: number): Uint8Array {
  return new Uint8Array([collection >>> 8, collection & 255]);
}

/** Orders what waits: collection, stamp. Null for what does not. */
export function waitingKeyOf(stored: Pick<StoredChange, 'record' | 'stamp' | 'disposition'>): Uint8Array | null {
  const collection = Math.floor(stored.record / slotsOfCollection);
  return dispositions[stored.disposition] === 'waiting' ? concat([collectionKey(collection), stored.stamp]) : null;
}

// Laid out anew for each row: change id, stamp, six numbers.
const tagged = new Uint8Array(hashIdSizeBytes + stampSizeBytes + 6 * 8);
const taggedView = viewOf(tagged);

export function tagOf(tagKey: Uint8Array, stored: Omit<StoredChange, 'row' | 'tag'>): Uint8Array {
  tagged.set(stored.change_id.subarray(0, hashIdSizeBytes));
  tagged.set(stored.stamp.subarray(0, stampSizeBytes), hashIdSizeBytes);
  let offset = hashIdSizeBytes + stampSizeBytes;
  for (const name of taggedNumbers) {
    taggedView.setFloat64(offset, stored[name]);
    offset += 8;
  }
  return keyedHash(tagKey, 'row', tagged).subarray(0, tagSizeBytes);
}

/** The key of history's tags, apart from the one that seals. */
export function historyTagKey(dataKey: Uint8Array): Uint8Array {
  return keyedHash(dataKey, 'row', utf8('history'), u64(1));
}
