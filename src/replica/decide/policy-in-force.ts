import { decisionEvents } from '../../policy/decision-events.ts';
import { engineAnswer, writeAnswer } from '../../policy/gates.ts';
import { type Core, commit } from '../kernel/core.ts';
import { rejudge } from '../apply/release.ts';

/** Remembers which policy is in force from now on: a lease is held against the one of the time of its use. */
export function notePolicy(core: Core): void {
  const hash = core.policyBundleHash?.();
  if (hash !== undefined && hash !== core.leases.policyHashesAt(core.nowMs()).at(-1)) {
    commit(core, () => {
      core.leases.notePolicy(hash, core.nowMs());
    });
  }
}

/** Another policy is in force: whatever waits is judged again under it. Answers how many changes now count. */
export function policyChanged(core: Core): number {
  notePolicy(core);
  tellGates(core);
  return core.bindings
    .all()
    .filter(({ manifest }) => core.isEnabled(manifest.engineId))
    .reduce((counted, { manifest }) => counted + rejudge(core, manifest.collection), 0);
}

/** What policy lets happen to a collection from now on is audited, once for each that is gated otherwise than before. */
function tellGates(core: Core): void {
  const changed = core.policy.gateChanges();
  if (changed.length === 0) {
    return;
  }
  commit(core, () => {
    for (const gated of changed) {
      const { decision, reasonCode } = writeAnswer(core.policy.current(), gated, { authorId: core.userId });
      core.journal.audit({
        eventType: decisionEvents[decision],
        actorId: core.userId,
        subjectId: core.self,
        policyDomain: gated.collection,
        outcome: decision,
        reasonCode: reasonCode ?? 'none',
        details: { engine: engineAnswer(core.policy.current(), gated).decision },
      });
    }
    core.pendingEvents.push({
      type: 'policy.changed',
      data: { collections: changed.map(({ collection }) => collection) },
    });
  });
}
