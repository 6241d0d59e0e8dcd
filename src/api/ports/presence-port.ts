import type { CollectionName, DeviceId, RecordId } from '../../base/ids.ts';
import type { PresenceState } from './messages.ts';

/** Carries who is at a record between the devices of its scope: sealed, and kept nowhere. */
export interface PresencePort {
  /** Tells the other devices who is at a record here; none once the last one left. */
  tell(collection: CollectionName, id: RecordId, states: readonly PresenceState[]): void;
  /** Called with all that another device tells; what this answers ends it. */
  listen(listener: PresenceListener): () => void;
}

export interface PresenceListener {
  /** Everybody of one device who is at a record now. */
  told(presence: {
    readonly collection: CollectionName;
    readonly id: RecordId;
    readonly deviceId: DeviceId;
    readonly states: readonly PresenceState[];
  }): void;
  /** A device is gone, and everybody of it. */
  left(deviceId: DeviceId): void;
}
