import { assert } from '../../../src/base/assert.ts';
import type { DeviceId, ScopeId } from '../../../src/base/ids.ts';
import type { DeviceKeys } from '../../../src/crypto/keys.ts';
import { decodeBatch } from '../../../src/log/header.ts';
import { createMailbox, type Mailbox } from '../../../src/relay/mailbox.ts';
import type { MailboxEffect } from '../../../src/relay/mailbox/connection.ts';
import { type RelayPolicy, openPolicy } from '../../../src/relay/policy.ts';
import type { RelayStore } from '../../../src/relay/port.ts';
import { answerChallenge } from '../../../src/sync/wire/authenticate.ts';
import { decodeDeviceMessage, decodeRelayMessage, encodeMessage } from '../../../src/sync/wire/codec.ts';
import { createSession } from '../../../src/sync/create-session.ts';
import type { DeviceMessage, Frontier, RelayMessage } from '../../../src/sync/wire/messages.ts';
import type { ScopeView, Session, SessionEffect, SessionEvent } from '../../../src/sync/ground/session.ts';
import { seededBytes } from '../membership/fixtures.ts';
import type { OwnBatch } from '../relay/members.ts';

export const relayOrigin = 'ws://relay.test:443';

/** A device whose disk is a few arrays. */
export interface TestDevice {
  readonly keys: DeviceKeys;
  readonly session: Session;
  readonly effects: SessionEffect[];
  readonly sent: DeviceMessage[];
  readonly own: OwnBatch[];
  readonly entries: Uint8Array[];
  /** Batches of others, in the order in which they came. */
  readonly received: { readonly deviceId: DeviceId; readonly sequence: number }[];
  /** Highest own sequence that the relay confirmed, and what it was seen to hold. */
  confirmed: number;
  seen: ScopeView['seen'];
  /** Bytes of what was received, so that it can be given back. */
  readonly held: { readonly deviceId: DeviceId; readonly sequence: number; readonly bytes: Uint8Array }[];
  /** When false, deliveries are left undecided until `commit` is called. */
  autoCommit: boolean;
  /** When false, `read_own` is not answered. */
  answersReads: boolean;
  readonly undecided: number[];
  append(batch: OwnBatch): void;
  step(event: SessionEvent): void;
}

/** Sessions and one mailbox on a fake clock; frames wait in queues until `settle`. */
export interface Network {
  nowMs: number;
  mailbox: Mailbox;
  /** When false, relay and devices do not hear each other, and nobody is told. */
  isSilent: boolean;
  readonly relaySent: { readonly to: TestDevice; readonly message: RelayMessage }[];
  add(keys: DeviceKeys, scopeId: ScopeId, entries: readonly Uint8Array[], registrationToken?: string): TestDevice;
  /** Delivers frames and runs timers that are due, until nothing is left to do now. */
  settle(): void;
  /** Lets time pass in steps of a second. */
  advance(ms: number): void;
  /** Everybody's connection ends. */
  cut(): void;
  replaceStore(store: RelayStore): void;
}

export function createNetwork(store: RelayStore, policy: Partial<RelayPolicy> = {}): Network {
  const randomBytes = seededBytes(99);
  const makeMailbox = (over: RelayStore): Mailbox =>
    createMailbox({ store: over, origins: [relayOrigin], policy: { ...openPolicy, ...policy } });
  const devices = new Set<TestDevice & { connection: number; dialAtMs: number }>();
  const toRelay: { readonly connectionId: number; readonly bytes: Uint8Array | 'opened' | 'closed' }[] = [];
  const toDevice: {
    readonly device: TestDevice;
    readonly connection: number;
    readonly bytes: Uint8Array | 'closed';
  }[] = [];
  let lastConnection = 0;

  const network: Network = {
    nowMs: 1_700_000_000_000,
    mailbox: makeMailbox(store),
    isSilent: false,
    relaySent: [],
    add,
    settle,
    advance(ms) {
      for (let passed = 0; passed < ms; passed += 1000) {
        network.nowMs += Math.min(1000, ms - passed);
        performRelay(network.mailbox.tick(network.nowMs));
        devices.forEach((device) => device.step({ type: 'tick' }));
        settle();
      }
    },
    cut() {
      for (const device of devices) {
        hangUp(device);
        device.step({ type: 'disconnected', reason: 'cut' });
      }
      settle();
    },
    replaceStore(next) {
      network.mailbox = makeMailbox(next);
      network.cut();
    },
  };

  function hangUp(device: TestDevice & { connection: number }): void {
    if (device.connection > 0) {
      toRelay.push({ connectionId: device.connection, bytes: 'closed' });
      device.connection = 0;
    }
  }

  function add(
    keys: DeviceKeys,
    scopeId: ScopeId,
    entries: readonly Uint8Array[],
    registrationToken: string | null = null,
  ): TestDevice {
    const frontier = new Map<DeviceId, readonly [number, OwnBatch['batchId']]>();
    const pending = new Map<number, readonly Uint8Array[]>();
    const view = (): ScopeView => {
      const last = device.own.at(-1);
      return {
        scopeId,
        frontier: Object.fromEntries(frontier) as Frontier,
        logSequence: device.entries.length - 1,
        ownHead: last === undefined ? null : { sequence: last.sequence, batchId: last.batchId },
        confirmed: confirmedOf(device.own, device.confirmed),
        seen: device.seen,
      };
    };
    const commit = (delivery: number): void => {
      for (const bytes of pending.get(delivery) ?? []) {
        const decoded = decodeBatch(bytes);
        assert(decoded.ok, 'a delivered batch decodes');
        const { header, batchId } = decoded.value;
        const held = frontier.get(header.deviceId)?.[0] ?? 0;
        if (header.sequence === held + 1) {
          frontier.set(header.deviceId, [header.sequence, batchId]);
          device.received.push({ deviceId: header.deviceId, sequence: header.sequence });
          device.held.push({ deviceId: header.deviceId, sequence: header.sequence, bytes });
        }
      }
      pending.delete(delivery);
    };
    const device: TestDevice & { connection: number; dialAtMs: number } = {
      keys,
      session: undefined as unknown as Session,
      effects: [],
      sent: [],
      own: [],
      entries: [...entries],
      received: [],
      confirmed: 0,
      seen: null,
      held: [],
      autoCommit: true,
      answersReads: true,
      undecided: [],
      connection: 0,
      dialAtMs: Number.POSITIVE_INFINITY,
      append(batch) {
        device.own.push(batch);
        frontier.set(keys.deviceId, [batch.sequence, batch.batchId]);
        device.step({ type: 'appended', scopeId, sequence: batch.sequence, bytes: batch.bytes });
      },
      step(event) {
        const queue = [event];
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          if (next.type === 'connected') {
            next = { ...next, views: [view()] };
          }
          if (next.type === 'committed') {
            commit(next.delivery);
          }
          for (const effect of device.session.step(next, network.nowMs)) {
            device.effects.push(effect);
            perform(device, effect, queue, pending);
          }
        }
      },
    };
    Object.assign(device, {
      session: createSession({ self: keys.deviceId, views: [view()], registrationToken, random: () => 0.5 }),
    });
    devices.add(device);
    return device;
  }

  function perform(
    device: TestDevice & { connection: number; dialAtMs: number },
    effect: SessionEffect,
    queue: SessionEvent[],
    pending: Map<number, readonly Uint8Array[]>,
  ): void {
    switch (effect.type) {
      case 'connect':
        device.dialAtMs = network.nowMs + effect.afterMs;
        break;
      case 'disconnect':
        hangUp(device);
        break;
      case 'send':
        device.sent.push(effect.message);
        toRelay.push({ connectionId: device.connection, bytes: encodeMessage(effect.message) });
        break;
      case 'answer_challenge': {
        const message = answerChallenge(device.keys, effect.nonce, relayOrigin, network.nowMs, effect.version);
        toRelay.push({ connectionId: device.connection, bytes: encodeMessage(message) });
        break;
      }
      case 'read_own': {
        if (device.answersReads) {
          queue.push({
            type: 'own_batches',
            scopeId: effect.scopeId,
            ...readOwn(device, effect.after, effect.limitBytes),
          });
        }
        break;
      }
      case 'read_chain': {
        const { scopeId, deviceId, after, limitBytes } = effect;
        const chain = device.held.filter((batch) => batch.deviceId === deviceId);
        queue.push({ type: 'chain_batches', scopeId, deviceId, batches: pageOf(chain, after, limitBytes).batches });
        break;
      }
      case 'read_entries': {
        const { scopeId, from } = effect;
        queue.push({ type: 'own_entries', scopeId, from, entries: device.entries.slice(from) });
        break;
      }
      case 'receive':
        pending.set(effect.delivery, effect.batches);
        if (device.autoCommit) {
          queue.push({ type: 'committed', scopeId: effect.scopeId, delivery: effect.delivery });
        } else {
          device.undecided.push(effect.delivery);
        }
        break;
      case 'receive_entries':
        device.entries.splice(effect.from, Number.POSITIVE_INFINITY, ...effect.entries);
        break;
      case 'acknowledged':
        device.confirmed = Math.max(device.confirmed, effect.sequence);
        break;
      case 'relay_seen':
        device.seen = effect.relayView;
        break;
      case 'entry_settled':
      case 'own_chain_behind':
      case 'own_chain_complete':
      case 'caught_up':
      case 'relay_whole':
      case 'seeded':
      case 'not_forwarded':
      case 'relay_behind':
      case 'whispered':
      case 'left':
      case 'state_changed':
        break;
    }
  }

  function dialDue(): boolean {
    let dialled = false;
    for (const device of devices) {
      if (device.dialAtMs <= network.nowMs) {
        device.dialAtMs = Number.POSITIVE_INFINITY;
        hangUp(device);
        device.connection = ++lastConnection;
        toRelay.push({ connectionId: device.connection, bytes: 'opened' });
        device.step({ type: 'connected' });
        dialled = true;
      }
    }
    return dialled;
  }

  function settle(): void {
    while (dialDue() || toRelay.length > 0 || toDevice.length > 0) {
      if (network.isSilent) {
        toRelay.length = 0;
        toDevice.length = 0;
        return;
      }
      const inputs = toRelay.splice(0).map(({ connectionId, bytes }) => {
        if (typeof bytes === 'string') {
          return { connectionId, event: bytes };
        }
        const decoded = decodeDeviceMessage(bytes);
        assert(decoded.ok, 'a session sends what the relay can read');
        return { connectionId, event: decoded.value };
      });
      performRelay(network.mailbox.stepMany(inputs, network.nowMs, randomBytes));
      for (const { device, connection, bytes } of toDevice.splice(0)) {
        if ((device as TestDevice & { connection: number }).connection === connection) {
          hear(device as TestDevice & { connection: number }, bytes);
        }
      }
    }
  }

  function hear(device: TestDevice & { connection: number }, bytes: Uint8Array | 'closed'): void {
    if (bytes === 'closed') {
      device.connection = 0;
      device.step({ type: 'disconnected', reason: 'closed by the relay' });
      return;
    }
    const decoded = decodeRelayMessage(bytes);
    assert(decoded.ok, 'a relay sends what a session can read');
    network.relaySent.push({ to: device, message: decoded.value });
    device.step({ type: 'message', message: decoded.value });
  }

  function performRelay(effects: readonly MailboxEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'store_failed' || effect.type === 'throttle') {
        continue;
      }
      const device = [...devices].find((candidate) => candidate.connection === effect.connectionId);
      if (device !== undefined) {
        const bytes = effect.type === 'close' ? 'closed' : encodeMessage(effect.message);
        toDevice.push({ device, connection: effect.connectionId, bytes });
      }
    }
  }

  return network;
}

export function readOwn(
  device: Pick<TestDevice, 'own'>,
  after: number,
  limitBytes: number,
): { readonly batches: readonly OwnBatch[]; readonly more: boolean } {
  return pageOf(device.own, after, limitBytes);
}

/** The own batch at a sequence, as a view names it. */
export function confirmedOf(own: readonly OwnBatch[], sequence: number): ScopeView['confirmed'] {
  const batch = own.find((candidate) => candidate.sequence === sequence);
  return batch === undefined ? null : { sequence, batchId: batch.batchId };
}

function pageOf<B extends { readonly sequence: number; readonly bytes: Uint8Array }>(
  chain: readonly B[],
  after: number,
  limitBytes: number,
): { readonly batches: readonly B[]; readonly more: boolean } {
  const batches: B[] = [];
  let sizeBytes = 0;
  for (const batch of chain.slice(after)) {
    sizeBytes += batch.bytes.length;
    if (batches.length > 0 && sizeBytes > limitBytes) {
      return { batches, more: true };
    }
    batches.push(batch);
  }
  return { batches, more: false };
}

export function sequencesOf(device: TestDevice, of: DeviceKeys): readonly number[] {
  return device.received.filter((batch) => batch.deviceId === of.deviceId).map((batch) => batch.sequence);
}
