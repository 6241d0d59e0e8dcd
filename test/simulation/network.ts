import { decodeRelayMessage, encodeMessage } from '../../src/sync/wire/codec.ts';
import type { Counters } from './counters.ts';
import type { Random } from './random.ts';
import type { FaultName } from './swarm.ts';
import type { Timeline } from './timeline.ts';

/** One end of a connection as its owner sees it. Frames arrive in order, whole, or not at all. */
export interface Wire {
  send(frame: Uint8Array): void;
  close(): void;
}

export interface WireEvents {
  opened(wire: Wire): void;
  frame(bytes: Uint8Array): void;
  closed(reason: string): void;
}

/** Accepts what devices dial, or refuses it. */
export interface Listener {
  accept(wire: Wire, device: number): Pick<WireEvents, 'frame' | 'closed'> | undefined;
}

export interface Network {
  dial(device: number, events: WireEvents): Wire;
  /** Nothing of a device's frames arrives in one direction for a while; TCP brings it later. */
  partition(device: number, direction: Direction, durationMs: number): void;
  /** Both ends stay as they are and nothing arrives any more. */
  freeze(device: number): void;
  /** Both ends are told, and what is on the way is lost. */
  cut(device: number): void;
  cutAll(): void;
  /** From here on nothing goes wrong. */
  heal(): void;
}

export type Direction = 'up' | 'down';

export interface NetworkDeps {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly faults: ReadonlySet<FaultName>;
  readonly counters: Counters;
  readonly listener: Listener;
  /** Sees every frame that a device hands to the network. */
  readonly sent: (device: number, frame: Uint8Array) => void;
  readonly note: (text: string) => void;
}

interface Connection {
  readonly device: number;
  readonly client: WireEvents;
  server: Pick<WireEvents, 'frame' | 'closed'> | undefined;
  isOpen: boolean;
  isFrozen: boolean;
  lastArrivalMs: Record<Direction, number>;
  clientClosed: boolean;
  serverClosed: boolean;
}

export function createNetwork(deps: NetworkDeps): Network {
  const { timeline, random, counters } = deps;
  const connections = new Set<Connection>();
  const blockedUntilMs = new Map<string, number>();
  /** Batches that travelled down, by device: what a relay could show again. */
  const seenBatches = new Map<number, Uint8Array[]>();
  let isHealed = false;

  const strikes = (fault: FaultName, probability: number): boolean =>
    !isHealed && deps.faults.has(fault) && random.chance(probability);

  function note(fault: FaultName): void {
    counters.hit(`fault ${fault}`);
    deps.note(`fault ${fault}`);
  }

  function latencyMs(): number {
    if (strikes('delay', 0.05)) {
      note('delay');
      return random.between(500, 8_000);
    }
    return random.between(1, 40);
  }

  /** When the next frame of a direction arrives: after the ones before it, and after a partition. */
  function arrivalMs(connection: Connection, direction: Direction): number {
    const blocked = blockedUntilMs.get(`${connection.device} ${direction}`) ?? 0;
    const at = Math.max(timeline.nowMs + latencyMs(), connection.lastArrivalMs[direction], blocked);
    connection.lastArrivalMs[direction] = at;
    return at;
  }

  function transmit(connection: Connection, direction: Direction, frame: Uint8Array): void {
    if (!connection.isOpen || connection.isFrozen) {
      return;
    }
    if (strikes('cut', 0.015)) {
      note('cut');
      close(connection, 'the connection was cut');
      return;
    }
    const damaged = damage(connection, direction, frame);
    timeline.after(arrivalMs(connection, direction) - timeline.nowMs, () => {
      if (connection.isOpen && !connection.isFrozen) {
        deps.note(`${direction} ${connection.device} ${damaged[0]} ${damaged.length}`);
        (direction === 'up' ? connection.server : connection.client)?.frame(damaged);
      }
    });
    if (damaged !== frame) {
      // A transport notices damage in the end; until then both sides must bear it.
      timeline.after(random.between(50, 4_000), () => close(connection, 'the transport found damage'));
    }
  }

  function damage(connection: Connection, direction: Direction, frame: Uint8Array): Uint8Array {
    if (strikes('flip', 0.01)) {
      note('flip');
      const flipped = frame.slice();
      const at = random.below(flipped.length);
      flipped[at] = (flipped[at] as number) ^ (1 << random.below(8));
      return flipped;
    }
    if (strikes('truncate', 0.01)) {
      note('truncate');
      return frame.slice(0, random.below(frame.length));
    }
    return direction === 'down' ? relayLies(connection, frame) : frame;
  }

  /** A relay that shows a batch again, leaves one out or turns their order round. */
  function relayLies(connection: Connection, frame: Uint8Array): Uint8Array {
    const decoded = decodeRelayMessage(frame);
    if (!decoded.ok || decoded.value.type !== 'deliver' || decoded.value.batches.length === 0) {
      return frame;
    }
    const message = decoded.value;
    const seen = seenBatches.get(connection.device) ?? [];
    seenBatches.set(connection.device, seen);
    seen.push(...message.batches);
    if (strikes('replay', 0.1)) {
      note('replay');
      const again = random.pick(seen);
      return encodeMessage({ ...message, batches: random.shuffled([...message.batches, again]) });
    }
    if (strikes('omit', 0.05)) {
      note('omit');
      const gone = random.below(message.batches.length);
      return encodeMessage({ ...message, batches: message.batches.filter((_, index) => index !== gone) });
    }
    if (message.batches.length > 1 && strikes('reorder', 0.2)) {
      note('reorder');
      return encodeMessage({ ...message, batches: random.shuffled(message.batches) });
    }
    return frame;
  }

  /** Both ends learn of it, each at its own time, unless they closed it themselves. */
  function close(connection: Connection, reason: string): void {
    if (!connection.isOpen) {
      return;
    }
    connection.isOpen = false;
    connections.delete(connection);
    deps.note(`closed ${connection.device} ${reason}`);
    timeline.after(random.between(0, 20), () => tellClient(connection, reason));
    timeline.after(random.between(0, 20), () => tellServer(connection, reason));
  }

  function tellClient(connection: Connection, reason: string): void {
    if (!connection.clientClosed) {
      connection.clientClosed = true;
      connection.client.closed(reason);
    }
  }

  function tellServer(connection: Connection, reason: string): void {
    if (!connection.serverClosed) {
      connection.serverClosed = true;
      connection.server?.closed(reason);
    }
  }

  function clientWire(connection: Connection): Wire {
    return {
      send(frame) {
        deps.sent(connection.device, frame);
        transmit(connection, 'up', frame);
      },
      close() {
        connection.clientClosed = true;
        if (connection.isFrozen) {
          connection.isOpen = false;
          connections.delete(connection);
        }
        close(connection, 'closed by the device');
      },
    };
  }

  function serverWire(connection: Connection): Wire {
    return {
      send: (frame) => transmit(connection, 'down', frame),
      close() {
        connection.serverClosed = true;
        // Frames sent before a close arrive before it.
        const waitMs = Math.max(0, connection.lastArrivalMs.down - timeline.nowMs);
        timeline.after(waitMs, () => close(connection, 'closed by the relay'));
      },
    };
  }

  const ofDevice = (device: number): readonly Connection[] =>
    [...connections].filter((connection) => connection.device === device);

  return {
    dial(device, events) {
      const connection: Connection = {
        device,
        client: events,
        server: undefined,
        isOpen: true,
        isFrozen: false,
        lastArrivalMs: { up: 0, down: 0 },
        clientClosed: false,
        serverClosed: false,
      };
      connections.add(connection);
      const wire = clientWire(connection);
      timeline.after(latencyMs(), () => {
        if (!connection.isOpen || connection.isFrozen) {
          return;
        }
        const isRefused = strikes('refuse_connection', 0.2);
        if (isRefused) {
          note('refuse_connection');
        }
        // The client is told first: the relay's greeting travels behind the opening.
        connection.server = isRefused ? undefined : deps.listener.accept(serverWire(connection), device);
        if (connection.server === undefined) {
          close(connection, 'refused');
        } else {
          events.opened(wire);
        }
      });
      return wire;
    },
    partition(device, direction, durationMs) {
      if (!isHealed) {
        note(direction === 'up' ? 'partition_up' : 'partition_down');
        blockedUntilMs.set(`${device} ${direction}`, timeline.nowMs + durationMs);
      }
    },
    freeze(device) {
      for (const connection of ofDevice(device)) {
        note('half_open');
        connection.isFrozen = true;
      }
    },
    cut(device) {
      for (const connection of ofDevice(device)) {
        close(connection, 'the connection was cut');
      }
    },
    cutAll() {
      for (const connection of [...connections]) {
        close(connection, 'the connection was cut');
      }
    },
    heal() {
      isHealed = true;
      blockedUntilMs.clear();
    },
  };
}
