import type { Replica } from '../../replica/port.ts';
import { type Later, type PlannedStep, createPlannedStep } from '../ground/planned-step.ts';

export interface AuditHostDeps {
  readonly replica: Pick<Replica, 'enterAudit'>;
  /** Answers whether the disk took it. */
  readonly guard: (work: () => void) => boolean;
  readonly later: Later;
}

/** Enters what checkpoints cover in the audit collection, a little at a time, so that whoever asks meanwhile is answered. */
export function createAuditHost({ replica, guard, later }: AuditHostDeps): PlannedStep {
  const entering = createPlannedStep(later, () => {
    // Where the disk fails, the next heartbeat tries again.
    guard(() => {
      if (replica.enterAudit()) {
        entering.wake();
      }
    });
  });
  return entering;
}
