import type { ScopeId } from '../../src/base/ids.ts';
import { homePaths } from '../../src/daemon/ground/home.ts';
import { keysOf, readKeyFile } from '../../src/daemon/keys/key-file.ts';
import { openHome, randomBytes } from '../../src/daemon/keys/open-home.ts';
import { createReplica } from '../../src/replica/create-replica.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { craftBatch } from './crafted-batch.ts';
import { shippedBindings } from './household.ts';
import { secretKeeperOf } from './secret-keeper.ts';
import type { TestDevice } from './test-device.ts';

/** Whatever has the folder of a home, with bare keys in it. */
export interface KeyHolder {
  readonly folder: string;
}

export interface Stolen {
  readonly store: Store;
  readonly keys: TestDevice['keys'];
  readonly replica: Replica;
  /** A batch of any content, signed and next in the chain of the device: its daemon sends it when it starts. */
  send(scopeId: ScopeId, records: readonly Uint8Array[]): void;
}

/** The keys of a home whose daemon does not run, in the hands of somebody who writes what they like. */
export function withKeysOf<Answer>(home: KeyHolder, write: (stolen: Stolen) => Answer): Answer {
  const paths = homePaths(home.folder, {});
  const file = readKeyFile(paths.keys);
  if (!file.ok || file.value.kind !== 'bare') {
    throw new Error('believed: the key file of the home is bare');
  }
  const opened = openHome(paths, keysOf(file.value.seeds));
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  const { store, userId } = opened.value;
  const keys = opened.value.keys.device;
  const replica = createReplica({
    ...{ store, device: { keys, userId, nowMs: Date.now, randomBytes }, bindings: shippedBindings() },
    ...{ settings: { isEnabled: () => true }, listener: { appended() {}, event() {} } },
    secrets: secretKeeperOf(store, { keys, mode: () => 'redact' }),
  });
  const send: Stolen['send'] = (scopeId, records) => {
    const batch = craftBatch({ by: { keys, replica, disk: store }, scopeId, records });
    const sequence = (store.log.heads(scopeId).get(keys.deviceId)?.sequence ?? 0) + 1;
    store.log.append({ scopeId, deviceId: keys.deviceId, sequence, batchId: batch.batchId, bytes: batch.bytes });
  };
  try {
    return write({ store, keys, replica, send });
  } finally {
    store.close();
  }
}
