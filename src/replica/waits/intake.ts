import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { SettingTable } from '../../store/ground/port.ts';
import { createKeptList } from './kept-list.ts';

/** A batch that is in the log, and whose records from `next` on have not been judged. */
export interface Unfinished {
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
  readonly sequence: number;
  /** Position of a record in its batch; the first is 1. */
  readonly next: number;
  readonly last: number;
}

/** How long a transaction may go on taking in records before others have their turn. */
export interface Slice {
  /** Of a clock that only goes forward. */
  readonly elapsedMs: () => number;
  /** How long this process had the processor: the time of others, of a busy machine or one that slept, is not in it. */
  readonly workedMs: () => number;
  readonly longestMs: number;
}

/**
 * What of large batches is still to be judged, in the order in which it came. It stands in the store, so that a process
 * that ended in the middle goes on where it was.
 */
export interface Intake {
  /** A transaction begins, or begins again. */
  begin(): void;
  /** False once it has had its time. */
  mayGoOn(): boolean;
  /** True once it has worked for so many times as long, however long that took. */
  hasWorked(times: number): boolean;
  list(): readonly Unfinished[];
  /** True where an earlier batch of the same chain is not finished: what follows must wait behind it. */
  isBehind(scopeId: ScopeId, deviceId: DeviceId): boolean;
  /** Inside a transaction. */
  add(unfinished: Unfinished): void;
  /** True the first time that the batch is asked for by this process: it is opened then, and judged in the next turn. */
  isNew(unfinished: Unfinished): boolean;
  /** Of a delivery more is to be handed in: what waits is judged with it. */
  awaits(isMore: boolean): void;
  isAwaiting(): boolean;
  /** The first is finished, or was taken in up to before `next`. Inside a transaction. */
  advance(next: number | 'finished'): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

export function createIntake(settings: SettingTable, slice: Slice | undefined): Intake {
  let startedMs = 0;
  let workedBeforeMs = 0;
  let met = '';
  let isAwaiting = false;
  const { list, save, forget } = createKeptList<Unfinished>(settings, 'intake');
  return {
    begin() {
      startedMs = slice?.elapsedMs() ?? 0;
      workedBeforeMs = slice?.workedMs() ?? 0;
    },
    mayGoOn: () => slice === undefined || slice.elapsedMs() - startedMs < slice.longestMs,
    hasWorked: (times) => slice !== undefined && slice.workedMs() - workedBeforeMs >= times * slice.longestMs,
    list,
    isBehind: (scopeId, deviceId) => list().some((one) => one.scopeId === scopeId && one.deviceId === deviceId),
    add(unfinished) {
      save([...list(), unfinished]);
    },
    isNew({ scopeId, deviceId, sequence }) {
      const name = `${scopeId}/${deviceId}/${sequence}`;
      const isNew = slice !== undefined && name !== met;
      met = name;
      return isNew;
    },
    awaits(isMore) {
      isAwaiting = isMore;
    },
    isAwaiting: () => isAwaiting,
    advance(next) {
      const [first, ...others] = list();
      save(first === undefined || next === 'finished' ? others : [{ ...first, next }, ...others]);
    },
    forget() {
      isAwaiting = false;
      forget();
    },
  };
}
