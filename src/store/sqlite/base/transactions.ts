import type Database from 'better-sqlite3';
import { assert } from '../../../base/assert.ts';
import type { Store } from '../../ground/port.ts';

export interface Transactions {
  /** As the port's: nested calls join. Every write of every table runs inside one. */
  readonly run: Store['transaction'];
  /** What a table gathered in memory is written just before the commit, or forgotten when it does not come to it. */
  join(participant: Participant): void;
}

export interface Participant {
  beforeCommit?(): void;
  afterCommit?(): void;
  afterRollback(): void;
}

/** `hold` is called before each one, and throws where nothing may be written. */
export function createTransactions(database: Database.Database, hold: () => void): Transactions {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const rollback = database.prepare('rollback');
  const participants: Participant[] = [];
  let isOpen = false;
  let failed = false;

  function outermost<T>(work: () => T): T {
    hold();
    begin.run();
    isOpen = true;
    failed = false;
    try {
      const value = work();
      assert(!(value instanceof Promise), 'the work of a transaction is synchronous');
      assert(!failed, 'a transaction whose inner one threw is not committed');
      for (const participant of participants) {
        participant.beforeCommit?.();
      }
      commit.run();
      return value;
    } catch (error) {
      abandon();
      throw error;
    } finally {
      isOpen = false;
    }
  }

  function outermostAndAfter<T>(work: () => T): T {
    const value = outermost(work);
    for (const participant of participants) {
      participant.afterCommit?.();
    }
    return value;
  }

  function abandon(): void {
    try {
      // SQLite has rolled back by itself after some failures of the disk.
      if (database.inTransaction) {
        rollback.run();
      }
    } finally {
      for (const participant of participants) {
        participant.afterRollback();
      }
    }
  }

  function inner<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      failed = true;
      throw error;
    }
  }

  return {
    run: (work) => (isOpen ? inner(work) : outermostAndAfter(work)) as ReturnType<typeof work>,
    join(participant) {
      participants.push(participant);
    },
  };
}
