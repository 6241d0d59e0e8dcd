import { type Core, commit } from './core.ts';

/** Signs the chain as it is, where it has new events and the last checkpoint is as old as this. */
export function checkpointAudit(core: Core, atLeastOldMs: number): void {
  const latest = core.notices.checkpoints.latest();
  const isOld = latest === undefined || core.device.nowMs() - latest.at >= atLeastOldMs;
  if (isOld && core.store.audit.head().count > (latest?.n ?? 0)) {
    commit(core, () => {
      core.notices.checkpoints.make();
    });
  }
}
