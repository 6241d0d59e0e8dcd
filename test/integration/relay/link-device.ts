import { assert } from '../../../src/base/assert.ts';
import type { DeviceId, ScopeId } from '../../../src/base/ids.ts';
import { type RelayAddress, parseRelayAddress } from '../../../src/base/relay-address.ts';
import type { DeviceKeys } from '../../../src/crypto/keys.ts';
import { decodeBatch } from '../../../src/log/header.ts';
import { createRelayLink } from '../../../src/net/connect.ts';
import type { RelayLink } from '../../../src/net/relay-link.ts';
import { noRoom, storeFailureOf } from '../../../src/store/ground/failure.ts';
import { createSession } from '../../../src/sync/create-session.ts';
import type { Frontier } from '../../../src/sync/wire/messages.ts';
import type { ScopeView } from '../../../src/sync/ground/session.ts';
import type { OwnBatch } from '../../unit/relay/members.ts';
import { confirmedOf, readOwn } from '../../unit/sync/network.ts';

/** A device with real keys and a real socket, whose disk is a few arrays. */
export interface LinkDevice {
  readonly link: RelayLink;
  readonly own: OwnBatch[];
  readonly entries: Uint8Array[];
  readonly received: { readonly deviceId: DeviceId; readonly sequence: number; readonly bytes: Uint8Array }[];
  /** Highest own sequence that a relay ever confirmed. */
  readonly acknowledged: () => number;
  readonly behind: string[];
  /** While it is full nothing that arrives is taken; `refused` counts what it was asked. */
  readonly disk: { isFull: boolean; refused: number };
  /** How many batches of a delivery are taken before others have their turn; `turns` counts how often some were left. */
  readonly pace: { batches: number; turns: number };
  append(batch: OwnBatch): void;
  /** Resolves once the condition holds; it is looked at whenever something happens. */
  until(condition: () => boolean): Promise<void>;
}

export function createLinkDevice(
  url: string,
  keys: DeviceKeys,
  scopeId: ScopeId,
  entries: readonly Uint8Array[],
): LinkDevice {
  const address = addressOf(url);
  const frontier: Record<DeviceId, Frontier[DeviceId]> = {};
  const waiting = new Set<{ readonly condition: () => boolean; readonly resolve: () => void }>();
  let acknowledged = 0;
  let seen: ScopeView['seen'] = null;

  const look = (): void => {
    for (const waiter of waiting) {
      if (waiter.condition()) {
        waiting.delete(waiter);
        waiter.resolve();
      }
    }
  };
  const view = (): ScopeView => {
    const last = device.own.at(-1);
    return {
      scopeId,
      frontier: { ...frontier },
      logSequence: device.entries.length - 1,
      ownHead: last === undefined ? null : { sequence: last.sequence, batchId: last.batchId },
      confirmed: confirmedOf(device.own, acknowledged),
      seen,
    };
  };
  const take = (bytes: Uint8Array): void => {
    const decoded = decodeBatch(bytes);
    if (!decoded.ok) {
      throw new Error('a delivered batch decodes');
    }
    const { header, batchId } = decoded.value;
    if (header.sequence === (frontier[header.deviceId]?.[0] ?? 0) + 1) {
      frontier[header.deviceId] = [header.sequence, batchId];
      device.received.push({ deviceId: header.deviceId, sequence: header.sequence, bytes: bytes.slice() });
    }
  };
  const device: Omit<LinkDevice, 'link'> = {
    own: [],
    entries: [...entries],
    received: [],
    behind: [],
    disk: { isFull: false, refused: 0 },
    pace: { batches: Number.POSITIVE_INFINITY, turns: 0 },
    acknowledged: () => acknowledged,
    append(batch) {
      device.own.push(batch);
      frontier[keys.deviceId] = [batch.sequence, batch.batchId];
      link.step({ type: 'appended', scopeId, sequence: batch.sequence, bytes: batch.bytes });
    },
    until: async (condition) =>
      condition() ? undefined : new Promise((resolve) => void waiting.add({ condition, resolve })),
  };
  const link = createRelayLink({
    address,
    keys,
    session: createSession({ self: keys.deviceId, views: [view()], random: () => 0.1 }),
    storeFailed: (cause) => storeFailureOf(cause) !== undefined,
    handlers: {
      whispered() {},
      left() {},
      views: () => [view()],
      readOwn: (_scopeId, after, limitBytes) => readOwn(device, after, limitBytes),
      readEntries: (_scopeId, from) => device.entries.slice(from),
      readChain: (_scopeId, deviceId, after) =>
        device.received.filter((batch) => batch.deviceId === deviceId && batch.sequence > after),
      receive(_scopeId, batches) {
        if (device.disk.isFull) {
          device.disk.refused++;
          look();
          throw noRoom('the disk is full');
        }
        const left = batches.slice(device.pace.batches);
        device.pace.turns += Number(left.length > 0);
        batches.slice(0, device.pace.batches).forEach(take);
        look();
        return { left, askAgain: false };
      },
      receiveEntries(_scopeId, from, more) {
        device.entries.splice(from, Number.POSITIVE_INFINITY, ...more);
        look();
      },
      entrySettled: () => undefined,
      acknowledged(_scopeId, sequence) {
        acknowledged = Math.max(acknowledged, sequence);
        look();
      },
      relayShown(shown) {
        if (shown.type === 'relay_seen') {
          ({ relayView: seen } = shown);
        } else if (shown.type === 'relay_behind' || shown.type === 'own_chain_behind') {
          device.behind.push(shown.type);
        }
        look();
      },
      caughtUp: () => undefined,
      ownChainComplete: () => false,
      stateChanged: look,
    },
  });
  link.step({ type: 'resume' });
  return { ...device, link };
}

export function addressOf(url: string): RelayAddress {
  const address = parseRelayAddress(url);
  assert(address !== undefined, `${url} is an address of a relay`);
  return address;
}
