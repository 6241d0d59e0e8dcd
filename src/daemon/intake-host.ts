import type { ScopeId } from '../base/ids.ts';
import type { Slice } from '../replica/intake.ts';
import type { Replica } from '../replica/port.ts';

/** Takes in what one transaction had no time for, a little at a time, so that whoever asks meanwhile is answered. */
export interface IntakeHost {
  /** There may be something to take in. */
  wake(): void;
  /** A relay has said all of a scope: the replica is told once all of it is judged. */
  caughtUp(scopeId: ScopeId): void;
  stop(): void;
}

/** Others are answered within 50 ms: a batch is opened, a slice of it taken in, and what that wrote made durable. */
export const slice: Slice = { elapsedMs: () => performance.now(), longestMs: 12 };

/** Once whatever else has happened was seen to. */
export function afterOthers(step: () => void): () => void {
  const planned = setImmediate(step);
  return () => clearImmediate(planned);
}

export interface IntakeHostDeps {
  readonly replica: Pick<Replica, 'takeInMore' | 'pendingBatches' | 'caughtUp'>;
  /** Answers whether the disk took it. */
  readonly guard: (work: () => void) => boolean;
  /** Does it once whoever waits had their turn; the answer takes that back. */
  readonly later: (step: () => void) => () => void;
  /** More was taken in. */
  readonly changed: () => void;
}

export function createIntakeHost({ replica, guard, later, changed }: IntakeHostDeps): IntakeHost {
  const saidAll = new Set<ScopeId>();
  let takeBack: (() => void) | undefined;

  function tellCaughtUp(): void {
    for (const scopeId of [...saidAll].filter((one) => replica.pendingBatches(one) === 0)) {
      saidAll.delete(scopeId);
      replica.caughtUp(scopeId);
    }
  }

  function step(): void {
    takeBack = undefined;
    // What is left wakes this again; where the disk fails, whoever learns that it is well does.
    const isTaken = guard(() => {
      replica.takeInMore();
      tellCaughtUp();
    });
    if (isTaken) {
      changed();
    }
  }

  function wake(): void {
    takeBack ??= later(step);
  }

  return {
    wake,
    caughtUp(scopeId) {
      saidAll.add(scopeId);
      tellCaughtUp();
    },
    stop() {
      takeBack?.();
    },
  };
}
