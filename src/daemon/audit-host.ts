import type { Replica } from '../replica/port.ts';

/** Enters what checkpoints cover in the audit collection, a little at a time, so that whoever asks meanwhile is answered. */
export interface AuditHost {
  /** There may be something to enter. */
  wake(): void;
  stop(): void;
}

export interface AuditHostDeps {
  readonly replica: Pick<Replica, 'enterAudit'>;
  /** Answers whether the disk took it. */
  readonly guard: (work: () => void) => boolean;
  /** Does it once whoever waits had their turn; the answer takes that back. */
  readonly later: (step: () => void) => () => void;
}

export function createAuditHost({ replica, guard, later }: AuditHostDeps): AuditHost {
  let takeBack: (() => void) | undefined;

  function step(): void {
    takeBack = undefined;
    // Where the disk fails, the next heartbeat tries again.
    guard(() => {
      if (replica.enterAudit()) {
        wake();
      }
    });
  }

  function wake(): void {
    takeBack ??= later(step);
  }

  return {
    wake,
    stop() {
      takeBack?.();
    },
  };
}
