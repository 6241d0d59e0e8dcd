import type { BatchId, CollectionName } from '../../base/ids.ts';
import type { PublicBatch } from '../../log/header.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { countOf } from '../edit/author.ts';
import { type Core, commit, isLeft } from '../kernel/core.ts';
import type { Backlog } from '../kernel/backlog.ts';
import type { Unfinished } from '../waits/intake.ts';
import { goOnWaking, settleChange } from '../apply/judge.ts';
import type { LoggedRecord } from '../lists/log-reader.ts';
import { noteRemovalsAhead } from '../guard/removals-ahead.ts';
import { isTimeOver, losesSomething } from '../guard/time-over.ts';

/** Judges the records of a batch that is in the log, as many as the transaction has time for: the rest comes later. */
export function settleRecords(
  core: Core,
  scope: ScopeState,
  { batchId, header }: PublicBatch,
  records: readonly Uint8Array[],
): void {
  const { scopeId, deviceId, sequence } = header;
  const last = records.length;
  const whole: Unfinished = { scopeId, deviceId, sequence, next: 1, last };
  const mustWait = core.backlog.intake.isBehind(scopeId, deviceId) || isTimeOver(core);
  const recordAt = (position: number): LoggedRecord => ({ header, bytes: records[position - 1] as Uint8Array });
  const next = mustWait && last > 0 ? 1 : settle(core, scope, batchId, whole, recordAt);
  if (next <= last) {
    core.backlog.intake.add({ ...whole, next });
  }
}

/** Goes on with what came and was not judged, in a transaction of its own. True while there is more to go on with. */
export function takeInMore(core: Core): boolean {
  const { intake } = core.backlog;
  if (!isLeft(core.backlog) || intake.isAwaiting()) {
    return false;
  }
  commit(core, () => {
    const [first] = intake.list();
    do {
      takeInNext(core);
    } while (isLeft(core.backlog) && (intake.mayGoOn() || (isOfChain(core.backlog, first) && !isTimeOver(core))));
  });
  return isLeft(core.backlog);
}

/** What takes something away is judged with its own chain, and not with what all others sent. */
function isOfChain(backlog: Backlog, first: Unfinished | undefined): boolean {
  const [next] = backlog.intake.list();
  return next === undefined || (next.scopeId === first?.scopeId && next.deviceId === first.deviceId);
}

function takeInNext(core: Core): void {
  const { intake } = core.backlog;
  const [woken] = core.backlog.wakes.list();
  const [first] = intake.list();
  if (woken !== undefined) {
    goOnWaking(core, woken);
  } else if (first !== undefined) {
    const isOpened =
      intake.isNew(first) && core.logs.reader.recordCount(first.scopeId, first.deviceId, first.sequence) > 0;
    if (isOpened && !intake.mayGoOn()) {
      return;
    }
    const next = goOn(core, first);
    intake.advance(next > first.last ? 'finished' : next);
  }
}

function goOn(core: Core, unfinished: Unfinished): number {
  const { scopeId, deviceId, sequence, last } = unfinished;
  const scope = core.logs.scopes.get(scopeId);
  const batch = core.store.log.get(scopeId, deviceId, sequence);
  if (scope === undefined || batch === undefined) {
    return last + 1;
  }
  return settle(core, scope, batch.batchId, unfinished, (index) =>
    core.logs.reader.record({ scopeId, deviceId, sequence, index }),
  );
}

/** Answers where it stopped. At least one record is judged. */
function settle(
  core: Core,
  scope: ScopeState,
  batchId: BatchId,
  { scopeId, deviceId, next, last }: Unfinished,
  recordAt: (position: number) => LoggedRecord | undefined,
): number {
  const counted: CollectionName[] = [];
  let position = next;
  do {
    const record = position <= last ? recordAt(position) : undefined;
    const change = record && settleChange(core, scope, record.header, position, record.bytes);
    if (change !== undefined) {
      counted.push(change.collection);
    }
    position++;
  } while (position <= last && !isTimeOver(core));
  if (position <= last && losesSomething(core)) {
    noteRemovalsAhead(core, recordsFrom(recordAt, position, last));
  }
  core.notices.journal.auditAccepted({ scopeId, deviceId, batchId, changes: countOf(counted) });
  return position;
}

function* recordsFrom(
  recordAt: (position: number) => LoggedRecord | undefined,
  first: number,
  last: number,
): Generator<LoggedRecord | undefined> {
  for (let position = first; position <= last; position++) {
    yield recordAt(position);
  }
}
