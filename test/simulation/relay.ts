import { assert } from '../../src/base/assert.ts';
import type { DeviceMessage, RelayMessage } from '../../src/sync/wire/messages.ts';
import { decodeDeviceMessage, encodeMessage } from '../../src/sync/wire/codec.ts';
import { type Mailbox, createMailbox } from '../../src/relay/mailbox.ts';
import type { MailboxEffect, MailboxInput } from '../../src/relay/mailbox/connection.ts';
import { createMemoryRelayStore } from '../../src/relay/memory-store.ts';
import { defaultPolicy } from '../../src/relay/policy.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import { relayOrigin } from './process.ts';
import { type Failing, type HowToFail, failing } from './failing-store.ts';
import type { Listener, Wire } from './network.ts';
import type { Plants } from './plants.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

/** A relay: a disk that outlives crashes, and a mailbox that does not. */
export interface Relay extends Listener {
  readonly disk: RelayStore;
  /** Another disk is put in, as an old copy is; the relay must be down. */
  replaceDisk(disk: RelayStore): void;
  readonly isUp: boolean;
  crash(): void;
  start(): void;
  /** The nth store operation from now fails. */
  arm(operations: number, how: HowToFail): void;
  disarm(): void;
}

export interface RelayDeps {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly plants: Plants;
  /** Every message the relay answers with. */
  readonly answered: (device: number, message: RelayMessage, disk: RelayStore) => void;
  /** What happened beside the messages, in words. */
  readonly happened: (what: 'relay crashed' | 'relay store failed' | 'relay throttled') => void;
}

interface Running {
  readonly mailbox: Mailbox;
  readonly store: Failing<RelayStore>;
  readonly inputs: MailboxInput[];
}

const gatheringMs = 2;
const tickMs = 1_000;

export function createRelay({ timeline, random, plants, answered, happened }: RelayDeps): Relay {
  let disk = plants.relayDisk?.(createMemoryRelayStore()) ?? createMemoryRelayStore();
  const wires = new Map<number, { readonly wire: Wire; readonly device: number }>();
  let lastId = 0;
  let running: Running | undefined;

  function start(): void {
    const store = failing(disk);
    const mailbox = createMailbox({
      store: store.store,
      origins: [relayOrigin],
      policy: { ...defaultPolicy, open: true },
    });
    const started: Running = { store, mailbox: plants.mailbox?.(mailbox, disk) ?? mailbox, inputs: [] };
    running = started;
    timeline.after(tickMs, () => tick(started));
  }

  function tick(ticking: Running): void {
    if (running === ticking) {
      carryOut(ticking, ticking.mailbox.tick(timeline.nowMs));
      timeline.after(tickMs, () => tick(ticking));
    }
  }

  function crash(): void {
    running?.store.kill();
    running = undefined;
    const open = [...wires.values()];
    wires.clear();
    for (const { wire } of open) {
      wire.close();
    }
    happened('relay crashed');
  }

  /** Inputs that come close together share a turn, as they do in one look at the sockets. */
  function enter(input: MailboxInput): void {
    const entered = running;
    if (entered === undefined) {
      return;
    }
    entered.inputs.push(input);
    if (entered.inputs.length === 1) {
      timeline.after(gatheringMs, () => {
        if (running === entered) {
          const inputs = entered.inputs.splice(0);
          carryOut(entered, entered.mailbox.stepMany(inputs, Math.floor(timeline.nowMs), random.bytes));
        }
      });
    }
  }

  function carryOut(stepped: Running, effects: readonly MailboxEffect[]): void {
    if (stepped.store.isDead) {
      crash();
      return;
    }
    for (const effect of effects) {
      switch (effect.type) {
        case 'send': {
          const peer = wires.get(effect.connectionId);
          if (peer !== undefined) {
            answered(peer.device, effect.message, disk);
            peer.wire.send(encodeMessage(effect.message));
          }
          break;
        }
        case 'close':
          wires.get(effect.connectionId)?.wire.close();
          wires.delete(effect.connectionId);
          break;
        case 'throttle':
          happened('relay throttled');
          break;
        case 'store_failed':
          happened('relay store failed');
          break;
      }
    }
  }

  start();
  return {
    get disk(): RelayStore {
      return disk;
    },
    replaceDisk(other) {
      assert(running === undefined, 'a disk is changed while the relay is down');
      disk = plants.relayDisk?.(other) ?? other;
    },
    get isUp(): boolean {
      return running !== undefined;
    },
    crash,
    start() {
      if (running === undefined) {
        start();
      }
    },
    arm: (operations, how) => running?.store.arm(operations, how),
    disarm: () => running?.store.disarm(),
    accept(wire, device) {
      if (running === undefined) {
        return undefined;
      }
      const connectionId = ++lastId;
      wires.set(connectionId, { wire, device });
      enter({ connectionId, event: 'opened' });
      return {
        frame(bytes) {
          if (wires.has(connectionId)) {
            enter({ connectionId, event: eventOf(bytes) });
          }
        },
        closed() {
          if (wires.delete(connectionId)) {
            enter({ connectionId, event: 'closed' });
          }
        },
      };
    },
  };
}

function eventOf(frame: Uint8Array): DeviceMessage | { readonly type: 'bad_frame'; readonly message: string } {
  const decoded = decodeDeviceMessage(frame);
  return decoded.ok ? decoded.value : { type: 'bad_frame', message: decoded.error.message };
}
