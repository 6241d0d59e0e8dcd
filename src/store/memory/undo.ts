import { assert } from '../../base/assert.ts';
import type { Store } from '../ground/port.ts';

/** How to take back what a transaction did, newest first. Costs nothing outside a transaction. */
export interface UndoLog {
  note(undo: () => void): void;
  readonly transaction: Store['transaction'];
}

export function createUndoLog(): UndoLog {
  let undos: (() => void)[] | undefined;
  let failed = false;

  function rollBack(): void {
    for (const undo of (undos ?? []).reverse()) {
      undo();
    }
  }

  function outermost<T>(work: () => T): T {
    undos = [];
    failed = false;
    try {
      const value = work();
      assert(!(value instanceof Promise), 'the work of a transaction is synchronous');
      assert(!failed, 'a transaction whose inner one threw is not committed');
      return value;
    } catch (error) {
      rollBack();
      throw error;
    } finally {
      undos = undefined;
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
    note(undo) {
      undos?.push(undo);
    },
    transaction: (work) => (undos === undefined ? outermost(work) : inner(work)) as ReturnType<typeof work>,
  };
}
