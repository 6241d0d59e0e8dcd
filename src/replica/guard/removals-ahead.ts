import { decodeChange } from '../../log/change.ts';
import { departureOf } from '../../log/move.ts';
import { isRemoval } from '../../merge/values/plan.ts';
import type { Core } from '../kernel/core.ts';
import type { LoggedRecord } from '../lists/log-reader.ts';

/**
 * Of what a transaction has no time for, the removals of live records: they are weighed with what it takes away itself, so
 * that the first part of a mass change does not pass. Renames take nothing away. They are counted here, and judged later.
 */
export function noteRemovalsAhead(
  { store, guards }: Pick<Core, 'store' | 'guards'>,
  left: Iterable<LoggedRecord | undefined>,
): void {
  const { ahead } = guards.turn.reach;
  for (const record of left) {
    const decoded = record && decodeChange(record.bytes);
    if (decoded?.ok === true && isRemoval(decoded.value) && departureOf(decoded.value) === undefined) {
      const { collection, objectId } = decoded.value;
      const row = store.records.get(collection, objectId);
      ahead.set(collection, (ahead.get(collection) ?? 0) + Number(row !== 'damaged' && row?.state === 'live'));
    }
  }
}
