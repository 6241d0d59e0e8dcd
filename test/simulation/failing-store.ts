import { storeFailureOf } from '../../src/store/ground/failure.ts';
import { reads } from './disk-journal.ts';

/** Thrown where a simulated process dies or a simulated disk fails. */
export class Crash extends Error {}

/** When a disk that takes nothing says so: at the write itself, or not before what was written is made durable. */
export type Refusing = 'write' | 'commit';

/** As the database says it. */
function refusal(): Error {
  return Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' });
}

export function isRefusal(cause: unknown): boolean {
  return storeFailureOf(cause) !== undefined;
}

export interface HowToFail {
  /** Every later operation throws as well: the process is gone. */
  readonly isFatal: boolean;
  /** Which operations count. */
  readonly where: 'anywhere' | 'in_transaction';
}

/** Makes a store fail at an operation of its choice, as a kill or a broken disk would. */
export interface Failing<S> {
  readonly store: S;
  /** The nth operation from now throws. */
  arm(operations: number, how: HowToFail): void;
  disarm(): void;
  /** Until it is well again nothing is written, and the process lives. */
  refuse(when: Refusing | undefined): void;
  /** From here on every operation throws. */
  kill(): void;
  /** Runs work whose operations neither count nor fail: an onlooker's. */
  uncounted<T>(work: () => T): T;
  readonly isRefusing: boolean;
  /** True once the process is gone. */
  readonly isDead: boolean;
}

type Method = (...values: unknown[]) => unknown;

/** Wraps every function of a store and of its tables. */
export function failing<S extends object>(inner: S): Failing<S> {
  let left = Number.POSITIVE_INFINITY;
  let how: HowToFail = { isFatal: false, where: 'anywhere' };
  let depth = 0;
  let isDead = false;
  let isWatching = false;
  let refusing: Refusing | undefined;
  let hasWritten = false;

  function count(): void {
    if (isWatching) {
      return;
    }
    if (isDead) {
      throw new Crash('the process is gone');
    }
    if (how.where === 'in_transaction' && depth === 0) {
      return;
    }
    left -= 1;
    if (left === 0) {
      left = Number.POSITIVE_INFINITY;
      isDead = how.isFatal;
      throw new Crash(isDead ? 'the process was killed' : 'the disk failed');
    }
  }

  function refuseWrite(name: string): void {
    if (refusing === undefined || isWatching || name === 'transaction' || reads.has(name)) {
      return;
    }
    hasWritten = true;
    if (refusing === 'write' || depth === 0) {
      throw refusal();
    }
  }

  /** Nothing of what was written is durable, and so nothing of it is left. */
  function refuseCommit(work: () => unknown): () => unknown {
    return () => {
      const result = work();
      if (refusing !== undefined && depth === 1 && hasWritten) {
        throw refusal();
      }
      return result;
    };
  }

  function transact(method: Method, [work]: unknown[]): unknown {
    depth += 1;
    hasWritten &&= depth > 1;
    let result: unknown;
    try {
      result = method(refuseCommit(work as () => unknown));
    } finally {
      depth -= 1;
    }
    if (depth === 0 && how.isFatal) {
      // A process may also die between the commit and everything that follows from it.
      count();
    }
    return result;
  }

  function wrap<T extends object>(target: T): T {
    const entries = Object.entries(target).map(([name, member]: [string, unknown]): [string, unknown] => {
      if (typeof member === 'function') {
        const method = member as Method;
        return [
          name,
          (...values: unknown[]): unknown => {
            // What is copied beside the store is none of its operations.
            if (name === 'keepCopy') {
              return method(...values);
            }
            count();
            refuseWrite(name);
            return name === 'transaction' ? transact(method, values) : method(...values);
          },
        ];
      }
      return [name, typeof member === 'object' && member !== null ? wrap(member) : member];
    });
    return Object.fromEntries(entries) as T;
  }

  return {
    store: wrap(inner),
    arm(operations, chosen) {
      left = operations;
      how = chosen;
    },
    disarm() {
      left = Number.POSITIVE_INFINITY;
    },
    refuse(when) {
      refusing = when;
    },
    kill() {
      isDead = true;
    },
    uncounted(work) {
      isWatching = true;
      try {
        return work();
      } finally {
        isWatching = false;
      }
    },
    get isRefusing(): boolean {
      return refusing !== undefined;
    },
    get isDead(): boolean {
      return isDead;
    },
  };
}
