import type { Surroundings } from '../../src/daemon/relays/engine-facts.ts';

/** A daemon with a relay that does not answer yet, around which all is well. */
export const calm: Surroundings = {
  ...{ syncPaused: false, localOnly: false, configurationInvalid: false, clockUntrusted: false },
  relay: { configured: true, state: undefined, failing: false, nextAttemptAtMs: null, networkDown: false },
  heartbeat: { verified: true, timedOut: false, auditBroken: false },
  ...{ folders: [], storeCause: null },
};
