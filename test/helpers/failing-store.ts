import type { Store } from '../../src/store/ground/port.ts';

/** Thrown where a disk fails. */
export class DiskFault extends Error {}

/** A store of which one operation can be made to throw; a transaction that was committed stays committed. */
export interface FailingStore {
  readonly store: Store;
  /** The nth operation from now throws, and none after it. */
  arm(operations: number): void;
  disarm(): void;
  /** True when the armed operation was reached, whatever became of what it threw. */
  readonly hasStruck: boolean;
}

type Method = (...values: unknown[]) => unknown;

export function createFailingStore(inner: Store): FailingStore {
  let left = Number.POSITIVE_INFINITY;
  let hasStruck = false;

  function wrap<T extends object>(target: T): T {
    const members = Object.entries(target).map(([name, member]: [string, unknown]): [string, unknown] => {
      if (typeof member !== 'function') {
        return [name, typeof member === 'object' && member !== null ? wrap(member) : member];
      }
      const method = member as Method;
      // What is copied beside the store is none of its operations.
      if (name === 'keepCopy') {
        return [name, method];
      }
      return [name, (...values: unknown[]): unknown => (counted(), method(...values))];
    });
    return Object.fromEntries(members) as T;
  }

  function counted(): void {
    left -= 1;
    if (left === 0) {
      hasStruck = true;
      throw new DiskFault('the disk failed');
    }
  }

  return {
    store: wrap(inner),
    arm(operations) {
      left = operations;
      hasStruck = false;
    },
    disarm() {
      left = Number.POSITIVE_INFINITY;
    },
    get hasStruck(): boolean {
      return hasStruck;
    },
  };
}
