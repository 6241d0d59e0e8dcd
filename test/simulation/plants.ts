import type { DeviceKeys } from '../../src/crypto/keys.ts';
import type { Mailbox } from '../../src/relay/mailbox.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { ReplicaDeps } from '../../src/replica/kernel/deps.ts';
import type { Store } from '../../src/store/ground/port.ts';
import type { Process } from './process.ts';
import type { Session } from '../../src/sync/ground/session.ts';

/** Where a bug can be planted into a world: each wraps a real part. */
export interface Plants {
  readonly disk?: (disk: Store) => Store;
  readonly deps?: (deps: ReplicaDeps) => ReplicaDeps;
  readonly replica?: (replica: Replica, disk: Store, keys: DeviceKeys) => Replica;
  readonly process?: (process: Process) => Process;
  readonly session?: (session: Session) => Session;
  readonly relayDisk?: (disk: RelayStore) => RelayStore;
  readonly mailbox?: (mailbox: Mailbox, disk: RelayStore) => Mailbox;
  /** Called once the world is over, also when it failed. */
  readonly undo?: () => void;
}

export const noPlants: Plants = {};
