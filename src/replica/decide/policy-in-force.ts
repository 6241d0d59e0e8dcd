import { decisionEvents } from '../../policy/decision-events.ts';
import { engineAnswer, writeAnswer } from '../../policy/gates.ts';
import { type Core, commit } from '../kernel/core.ts';
import { rejudge } from '../apply/release.ts';

/** Remembers which policy is in force from now on: a lease is held against the one of the time of its use. */
export function notePolicy(core: Core): void {
  const hash = core.rules.policyBundleHash?.();
  if (hash !== undefined && hash !== core.rules.leases.policyHashesAt(core.device.nowMs()).at(-1)) {
    commit(core, () => {
      core.rules.leases.notePolicy(hash, core.device.nowMs());
    });
  }
}

/** Another policy is in force: whatever waits is judged again under it. Answers how many changes now count. */
export function policyChanged(core: Core): number {
  notePolicy(core);
  tellGates(core);
  return core.rules.bindings
    .all()
    .filter(({ manifest }) => core.rules.isEnabled(manifest.engineId))
    .reduce((counted, { manifest }) => counted + rejudge(core, manifest.collection), 0);
}

/** What policy lets happen to a collection from now on is audited, once for each that is gated otherwise than before. */
function tellGates(core: Core): void {
  const changed = core.rules.policy.gateChanges();
  if (changed.length === 0) {
    return;
  }
  commit(core, () => {
    for (const gated of changed) {
      const { decision, reasonCode } = writeAnswer(core.rules.policy.current(), gated, {
        authorId: core.device.userId,
      });
      core.notices.journal.audit({
        eventType: decisionEvents[decision],
        actorId: core.device.userId,
        subjectId: core.device.id,
        policyDomain: gated.collection,
        outcome: decision,
        reasonCode: reasonCode ?? 'none',
        details: { engine: engineAnswer(core.rules.policy.current(), gated).decision },
      });
    }
    core.notices.pendingEvents.push({
      type: 'policy.changed',
      data: { collections: changed.map(({ collection }) => collection) },
    });
  });
}
