import { inCausalOrder } from '../../merge/values/causal-order.ts';
import type { HistoryRow } from '../../store/ground/port.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { Backlog } from '../kernel/backlog.ts';
import { isTimeOver } from '../guard/time-over.ts';
import type { Waited } from '../waits/waiting.ts';
import type { Queued, Round } from '../waits/wakes.ts';

export interface ReadRound extends Round {
  readonly left: readonly Queued[];
}

/** Changes that are read before it is asked whether there is time for more. */
const readAtOnce = 64;

/** A round that begins sees all that waits. */
export function beginRound(core: Pick<Core, 'store' | 'backlog'>, record: Waited): Round {
  core.backlog.wakes.takeReason(record);
  core.backlog.waiting.take(record);
  const rows = core.store.history.list(record.collection, record.objectId);
  const unread = rows.filter(({ disposition }) => disposition === 'waiting');
  return { unread, read: [], unreadable: [], left: undefined, hasCounted: false };
}

/** Reads what waits, so much at a time, and puts it in order; undefined where the rest was left. */
export function readAll(
  core: Known & Pick<Core, 'backlog' | 'guards'>,
  record: Waited,
  round: Round,
): ReadRound | undefined {
  if (round.left !== undefined) {
    return { ...round, left: round.left };
  }
  const read = [...round.read];
  const unreadable = [...round.unreadable];
  for (const [index, row] of round.unread.entries()) {
    if (index > 0 && index % readAtOnce === 0 && isTimeOver(core)) {
      leaveRound(core.backlog, record, row, { ...round, unread: round.unread.slice(index), read, unreadable });
      return undefined;
    }
    const change = core.logs.reader.change(row);
    if (change === undefined) {
      unreadable.push({ changeId: row.changeId, parents: [] });
    } else {
      read.push({ ...change, value: null });
    }
  }
  const left = [...inCausalOrder(read), ...unreadable].map(({ changeId, parents }) => ({ changeId, parents }));
  return { ...round, unread: [], read: [], unreadable: [], left };
}

export function leaveRound(backlog: Backlog, record: Waited, { scopeId }: HistoryRow, round: Round): void {
  backlog.waiting.leave(record);
  backlog.wakes.leave({ ...record, scopeId }, round);
}
