import { createRetry } from '../../sources/ground/retry.ts';

export interface OpenAgainDeps {
  /** Tries to open the home; resolves whatever comes of it. */
  readonly open: () => Promise<void>;
  /** True while it is closed and no person is needed to open it. */
  readonly isWanted: () => boolean;
}

/** A home that was closed to be mended, and that its disk did not let be opened: tried again by itself, ever less often. */
export interface OpenAgain {
  want(): void;
  /** A person wants it closed, or it is at its end. */
  drop(): void;
}

export function createOpenAgain({ open, isWanted }: OpenAgainDeps): OpenAgain {
  let isDropped = true;
  const retry = createRetry(() => {
    void again();
  });

  async function again(): Promise<void> {
    if (!isDropped) {
      await open();
      next();
    }
  }

  function next(): void {
    if (!isDropped && isWanted()) {
      retry.want();
    } else {
      drop();
    }
  }

  function drop(): void {
    isDropped = true;
    retry.stop();
    retry.done();
  }

  return {
    want() {
      isDropped = false;
      next();
    },
    drop,
  };
}
