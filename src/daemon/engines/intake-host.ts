import type { ScopeId } from '../../base/ids.ts';
import type { Slice } from '../../replica/waits/intake.ts';
import type { Replica } from '../../replica/port.ts';
import { type Later, createPlannedStep } from '../ground/planned-step.ts';

/** Takes in what one transaction had no time for, a little at a time, so that whoever asks meanwhile is answered. */
export interface IntakeHost {
  /** There may be something to take in. */
  wake(): void;
  /** A relay has said all of a scope: the replica is told once all of it is judged. */
  caughtUp(scopeId: ScopeId): void;
  stop(): void;
}

/** Others are answered within 50 ms: a batch is opened, a slice of it taken in, and what that wrote made durable. */
export const slice: Slice = { elapsedMs: () => performance.now(), workedMs, longestMs: 12 };

function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export interface IntakeHostDeps {
  readonly replica: Pick<Replica, 'takeInMore' | 'pendingBatches' | 'caughtUp'>;
  /** Answers whether the disk took it. */
  readonly guard: (work: () => void) => boolean;
  readonly later: Later;
  /** More was taken in. */
  readonly changed: () => void;
}

export function createIntakeHost({ replica, guard, later, changed }: IntakeHostDeps): IntakeHost {
  const saidAll = new Set<ScopeId>();
  function tellCaughtUp(): void {
    for (const scopeId of [...saidAll].filter((one) => replica.pendingBatches(one) === 0)) {
      saidAll.delete(scopeId);
      replica.caughtUp(scopeId);
    }
  }

  const taking = createPlannedStep(later, () => {
    // What is left wakes this again; where the disk fails, whoever learns that it is well does.
    const isTaken = guard(() => {
      replica.takeInMore();
      tellCaughtUp();
    });
    if (isTaken) {
      changed();
    }
  });

  return {
    ...taking,
    caughtUp(scopeId) {
      saidAll.add(scopeId);
      tellCaughtUp();
    },
  };
}
