import type { QuarantineItem } from '../../contract/review.ts';
import { arrivalOf, departureOf } from '../../log/move.ts';
import type { HistoryRow } from '../../store/ground/port.ts';
import type { Core } from '../kernel/core.ts';
import { keepItem } from '../kernel/keep.ts';
import { quarantineIdOf } from '../names/quarantine-id.ts';

/** A person dropped an arrival: the removal of the old name, which waited for it, is dropped with it. */
export function dropDeparture(
  core: Pick<Core, 'store' | 'logs' | 'rules' | 'backlog'>,
  arrival: HistoryRow,
  item: QuarantineItem,
): void {
  const change = core.logs.reader.change(arrival);
  const claim = change && arrivalOf(change);
  if (claim === undefined) {
    return;
  }
  for (const row of core.store.history.list(arrival.collection, claim.from)) {
    const waiting = row.disposition === 'waiting' ? core.logs.reader.change(row) : undefined;
    if (waiting !== undefined && departureOf(waiting)?.arrival === arrival.changeId) {
      core.store.history.setDisposition(row.changeId, 'refused');
      core.backlog.waiting.settled(waiting);
      const { changeId, stamp } = waiting;
      keepItem(core, { ...item, id: quarantineIdOf(waiting), recordId: claim.from, changeId, stamp });
    }
  }
}
