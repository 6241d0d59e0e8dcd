import type { Context } from '../base/context.ts';
import type { Slots } from './slots.ts';

/** Makes the way to each record that can be read again. Costs a walk over all of them. */
export function remakeLookups({ database, transactions }: Context, slots: Slots): void {
  const rows = database.prepare<[], number>('select row from record').pluck();
  const setRow = database.prepare('insert or replace into record_index (hash, row) values (?, ?)');
  transactions.run(() => {
    for (const row of rows.all()) {
      const owner = slots.whose(row);
      if (owner !== undefined && !slots.leadsTo(owner, row)) {
        setRow.run(slots.hashOf(owner.collection, owner.id), row);
      }
    }
  });
}
