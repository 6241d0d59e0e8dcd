/** Thrown where a simulated process dies or a simulated disk fails. */
export class Crash extends Error {}

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
  /** From here on every operation throws. */
  kill(): void;
  /** Runs work whose operations neither count nor fail: an onlooker's. */
  uncounted<T>(work: () => T): T;
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

  function transact(method: Method, values: unknown[]): unknown {
    depth += 1;
    let result: unknown;
    try {
      result = method(...values);
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
            count();
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
    get isDead(): boolean {
      return isDead;
    },
  };
}
