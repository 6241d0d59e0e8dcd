import type { EffectivePolicy } from '../../policy/effective.ts';
import type { Replica } from '../../replica/port.ts';

/** Notices that another policy is in force: a record of it changed, or the floor in the configuration. */
export interface PolicyWatch {
  readonly look: () => void;
}

/** The policy is a value that is made anew when something of it changes; `changed` is called when it was. */
export function createPolicyWatch(replica: Pick<Replica, 'policy'>, changed: () => void): PolicyWatch {
  let seen: EffectivePolicy = replica.policy();
  return {
    look: () => {
      const current = replica.policy();
      if (current !== seen) {
        seen = current;
        changed();
      }
    },
  };
}
