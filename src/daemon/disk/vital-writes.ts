import type { Replica } from '../../replica/port.ts';
import type { StoreHealth } from './store-health.ts';

/** The replica whose writes of membership, keys and audit may take the room that is kept for them on a full disk. */
export function withVitalWrites(replica: Replica, vitally: StoreHealth['vitally']): Replica {
  return {
    ...replica,
    adoptScope: (...scope) => vitally(() => replica.adoptScope(...scope)),
    receiveEntries: (...entries) => vitally(() => replica.receiveEntries(...entries)),
    receiveResolution: (...entries) => vitally(() => replica.receiveResolution(...entries)),
    revokeLease: (...revocation) => vitally(() => replica.revokeLease(...revocation)),
    nameDevice: (...named) => vitally(() => replica.nameDevice(...named)),
    raiseAlarm: (facts) => vitally(() => replica.raiseAlarm(facts)),
    audit: (facts) => vitally(() => replica.audit(facts)),
  };
}
