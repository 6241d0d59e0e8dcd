import type { LostEvents } from '../../contract/audit.ts';
import { auditEvents } from '../../store/ground/audit-events.ts';
import { type Core, commit } from '../kernel/core.ts';

/** Stretches of the own audit chain that do not open, or are gone, and were not noted as lost. */
export function auditDamage({ store, device: { nowMs } }: Pick<Core, 'store' | 'device'>): readonly LostEvents[] {
  const atMs = nowMs();
  const stretches: { from: number; to: number; atMs: number }[] = [];
  let place = 0;
  for (const row of auditEvents(store.audit)) {
    place += 1;
    if (row === 'damaged' || row === 'missing') {
      const last = stretches.at(-1);
      if (last?.to === place - 1) {
        last.to = place;
      } else {
        stretches.push({ from: place, to: place, atMs });
      }
    }
  }
  return stretches;
}

/**
 * Notes what is damaged as lost, so that the chain goes on behind it, and an event says so for good. What stands behind is
 * held against the checkpoints that were signed.
 */
export function mendAudit(core: Core): readonly LostEvents[] {
  const damage = auditDamage(core);
  if (damage.length > 0) {
    commit(core, () => {
      for (const events of damage) {
        core.store.audit.noteLost(events);
        core.notices.journal.audit({
          ...{ eventType: 'sync.audit.lost', actorId: core.device.id, subjectId: core.device.id, policyDomain: 'sync' },
          ...{ outcome: 'error', reasonCode: 'none', details: { from: events.from, to: events.to } },
        });
      }
    });
  }
  return damage;
}
