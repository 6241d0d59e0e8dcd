import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { BatchAdmission } from '../../admission/admit-batch.ts';

/**
 * Chains that end here: what their device signed behind the head held here was refused for good. Whatever comes behind
 * that is a gap which no question closes, and asking again would go on for ever. Kept in memory: a start asks once more.
 */
export interface StalledChains {
  /** Looks at a batch that was refused while its chain stood at `head`. */
  note(admission: Refused, head: number): void;
  has(scopeId: ScopeId, deviceId: DeviceId, head: number): boolean;
}

type Refused = Extract<BatchAdmission, { readonly kind: 'refused' }>;

/** Steps behind the signature: what fails at an earlier one may be somebody else's doing, and come whole the next time. */
const authenticSteps: ReadonlySet<Refused['step']> = new Set(['membership', 'log_position', 'epoch', 'chain']);

export function createStalledChains(): StalledChains {
  const heads = new Map<string, number>();
  return {
    note({ refusal, batch, step, chainAdvances }, head) {
      if (batch !== undefined && refusal.verdict !== 'hold' && !chainAdvances && authenticSteps.has(step)) {
        heads.set(`${batch.header.scopeId}/${batch.header.deviceId}`, head);
      }
    },
    has: (scopeId, deviceId, head) => heads.get(`${scopeId}/${deviceId}`) === head,
  };
}
