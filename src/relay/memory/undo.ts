import type { RelayStore } from '../port.ts';

/** How to take back what a transaction did, newest first. */
export interface Undo {
  readonly transaction: RelayStore['transaction'];
  /** Costs nothing outside a transaction. */
  note(revert: () => void): void;
}

export function createUndo(): Undo {
  let reverts: (() => void)[] | undefined;

  function transaction<T>(work: () => T): T {
    if (reverts !== undefined) {
      return work();
    }
    reverts = [];
    try {
      return work();
    } catch (cause) {
      reverts.reverse().forEach((revert) => revert());
      throw cause;
    } finally {
      reverts = undefined;
    }
  }

  return {
    transaction: transaction as RelayStore['transaction'],
    note: (revert) => void reverts?.push(revert),
  };
}
