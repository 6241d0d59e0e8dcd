import type { DeviceId, ScopeId } from '../../src/base/ids.ts';
import { readSalvaged } from '../../src/daemon/disk/salvaged.ts';
import { decodeBatch } from '../../src/log/header.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import type { RelayMessage } from '../../src/sync/wire/messages.ts';
import { logAt } from './membership-logs.ts';
import type { World } from './world.ts';

/** Hears every answer of an honest relay. */
export interface RelayWatch {
  answered(world: World, device: number, message: RelayMessage, disk: RelayStore): void;
}

/** Invariant 43: a relay says that it has handed out everything only when it has. */
export function createRelayWatch(): RelayWatch {
  /** What was handed out to a device, by scope and author. */
  const handedOut = new Map<number, Map<string, number>>();

  function note(device: number, message: Extract<RelayMessage, { type: 'deliver' }>): void {
    const chains = handedOut.get(device) ?? new Map<string, number>();
    handedOut.set(device, chains);
    for (const bytes of message.batches) {
      const batch = decodeBatch(bytes);
      if (batch.ok) {
        const { deviceId, sequence } = batch.value.header;
        const key = keyOf(message.scopeId, deviceId);
        chains.set(key, Math.max(chains.get(key) ?? 0, sequence));
      }
    }
  }

  return {
    answered(world, index, message, disk) {
      if (message.type !== 'deliver') {
        return;
      }
      note(index, message);
      const device = world.devices[index];
      // Who has lost something said more of itself when it asked.
      if (!message.caughtUp || device === undefined || readSalvaged(device.disk) !== undefined) {
        return;
      }
      world.counters.hit('relay said that it has handed out everything');
      const { scopeId } = message;
      const chains = handedOut.get(index);
      const stored = new Map(
        [...(logAt(disk, scopeId)?.members.keys() ?? [])].map((author) => [
          author,
          disk.head(scopeId, author)?.sequence ?? 0,
        ]),
      );
      // What was stored in the same turn is handed out in it, behind this answer.
      world.timeline.after(0, () => {
        for (const [author, sequence] of stored) {
          const held = device.disk.log.heads(scopeId).get(author)?.sequence ?? 0;
          const given = Math.max(held, chains?.get(keyOf(scopeId, author)) ?? 0);
          if (author !== device.keys.deviceId && given < sequence) {
            const missing = sequence - given;
            world.report(43, `the relay told device ${index} that it has all of ${author}, and kept ${missing} back`);
          }
        }
      });
    },
  };
}

function keyOf(scopeId: ScopeId, author: DeviceId): string {
  return `${scopeId} ${author}`;
}
