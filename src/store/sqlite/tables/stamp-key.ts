import { concat } from '../../../base/bytes.ts';
import type { Stamp } from '../../../clock/stamp.ts';
import { stampBytes } from './record-row.ts';

/** Before all others. */
export const firstStamp: Stamp = '000000000000-0000' as Stamp;

/** Orders append-only rows of all collections: collection, stamp. Device and id, which break ties, are sealed. */
export function stampKeyOf(collection: number, stamp: Stamp): Uint8Array {
  return concat([new Uint8Array([collection >>> 8, collection & 255]), stampBytes(stamp)]);
}
