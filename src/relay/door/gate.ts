import type { RelayPolicy } from '../policy.ts';

export type GuestId = number;

/** What the door does for the gate, in this order. */
export type GateOrder =
  | { readonly type: 'admit'; readonly id: GuestId }
  | { readonly type: 'dismiss'; readonly id: GuestId; readonly reason: string };

/**
 * How far a connection has got that is no member's: it has asked for no WebSocket yet; it has not said who it is; or it
 * pairs, or is a device of no scope here. The last kind may stay, and goes last where room is needed.
 */
export type Stage = 'dialling' | 'stranger' | 'settled';

export type GatePolicy = Pick<
  RelayPolicy,
  | 'strangers'
  | 'strangersPerAddress'
  | 'strangerBytes'
  | 'strangerBytesPerAddress'
  | 'strangerTimeoutMs'
  | 'strangerGraceMs'
  | 'waiting'
  | 'admissionsPerSecond'
>;

/**
 * Who may be at a relay before it is known. Connections wait, unread, until there is a seat; where there is none, the
 * oldest of the address that has most gives up its own. Pure: time and what happened come in, orders go out.
 */
export interface Gate {
  /** An address of undefined is shared with nobody. */
  arrive(id: GuestId, address: string | undefined, nowMs: number): void;
  /** Learnt from a proxy: whence it really comes. */
  move(id: GuestId, address: string, nowMs: number): void;
  become(id: GuestId, stage: Stage): void;
  /** Bytes of it that the relay keeps because what they begin is not complete. */
  hold(id: GuestId, sizeBytes: number): void;
  /** It is a member's, or gone. */
  leave(id: GuestId): void;
  /** What is to be done now. */
  look(nowMs: number): readonly GateOrder[];
  /** Sends away who took too long; `blindMs` is time since the last call in which nothing was read. */
  tick(nowMs: number, blindMs: number): void;
  readonly seats: number;
  readonly waiting: number;
  readonly heldBytes: number;
}

/** What connections from one address have between them. */
interface Neighbours {
  readonly address: string;
  seats: number;
  heldBytes: number;
  /** Oldest first. */
  readonly queue: Waiting[];
}

interface Waiting {
  readonly id: GuestId;
  sinceMs: number;
}

interface Seat {
  readonly id: GuestId;
  neighbours: Neighbours;
  sinceMs: number;
  heldBytes: number;
  stage: Stage;
}

const othersWait = 'others wait, and this connection did not say in time who it is: try again';

export function createGate(policy: GatePolicy): Gate {
  const byAddress = new Map<string, Neighbours>();
  /** In order of admission. */
  const seats = new Map<GuestId, Seat>();
  const queuedAt = new Map<GuestId, Neighbours>();
  /** Whose turn it is to be admitted: the first; addresses take turns. */
  const turns = new Set<Neighbours>();
  let orders: GateOrder[] = [];
  let heldBytes = 0;
  /** How many may be admitted now. */
  let admissions = policy.admissionsPerSecond;
  let lookedMs: number | undefined;

  function neighboursAt(address: string): Neighbours {
    const known = byAddress.get(address) ?? { address, seats: 0, heldBytes: 0, queue: [] };
    byAddress.set(address, known);
    return known;
  }

  function forgetIfGone({ address, seats: seated, queue }: Neighbours): void {
    if (seated === 0 && queue.length === 0) {
      byAddress.delete(address);
    }
  }

  function vacate(seat: Seat): void {
    seats.delete(seat.id);
    heldBytes -= seat.heldBytes;
    seat.neighbours.seats--;
    seat.neighbours.heldBytes -= seat.heldBytes;
    forgetIfGone(seat.neighbours);
  }

  function dismiss(seat: Seat, reason: string): void {
    vacate(seat);
    orders.push({ type: 'dismiss', id: seat.id, reason });
  }

  function unqueue(neighbours: Neighbours, index: number): void {
    for (const { id } of neighbours.queue.splice(index, 1)) {
      queuedAt.delete(id);
    }
    if (neighbours.queue.length === 0) {
      turns.delete(neighbours);
    }
  }

  function turnAway(neighbours: Neighbours, reason: string): void {
    const [oldest] = neighbours.queue;
    if (oldest !== undefined) {
      orders.push({ type: 'dismiss', id: oldest.id, reason });
      unqueue(neighbours, 0);
      forgetIfGone(neighbours);
    }
  }

  /** Of the seats that had their fair time: the oldest of the address that has most; who may stay goes after the others. */
  function oldestToGo(nowMs: number, at?: Neighbours): Seat | undefined {
    const rank = ({ neighbours, stage }: Seat): number => neighbours.seats * 2 + (stage === 'settled' ? 0 : 1);
    let found: Seat | undefined;
    for (const seat of seats.values()) {
      const mayGo = (at === undefined || seat.neighbours === at) && nowMs - seat.sinceMs >= policy.strangerGraceMs;
      if (mayGo && (found === undefined || rank(seat) > rank(found))) {
        found = seat;
      }
    }
    return found;
  }

  /** Room for one more from an address; false when nobody there has had a fair time yet. */
  function makeRoom(neighbours: Neighbours, nowMs: number): boolean {
    const isCrowded = neighbours.seats >= policy.strangersPerAddress;
    if (!isCrowded && seats.size < policy.strangers) {
      return true;
    }
    const oldest = oldestToGo(nowMs, isCrowded ? neighbours : undefined);
    if (oldest !== undefined) {
      dismiss(oldest, othersWait);
    }
    return oldest !== undefined;
  }

  /** The last to come is the first to be let in: it is the likeliest to wait for its answer still. */
  function admit(neighbours: Neighbours, nowMs: number): void {
    const { id } = neighbours.queue.at(-1) as Waiting;
    unqueue(neighbours, -1);
    if (neighbours.queue.length > 0) {
      turns.delete(neighbours);
      turns.add(neighbours);
    }
    neighbours.seats++;
    seats.set(id, { id, neighbours, sinceMs: nowMs, heldBytes: 0, stage: 'dialling' });
    admissions--;
    orders.push({ type: 'admit', id });
  }

  function heaviest(at?: Neighbours): Seat | undefined {
    let found: Seat | undefined;
    for (const seat of seats.values()) {
      if ((at === undefined || seat.neighbours === at) && seat.heldBytes > (found?.heldBytes ?? 0)) {
        found = seat;
      }
    }
    return found;
  }

  function unload({ neighbours }: Seat): void {
    const reason = 'too much that is not complete came from devices that did not say who they are: try again';
    while (neighbours.heldBytes > policy.strangerBytesPerAddress || heldBytes > policy.strangerBytes) {
      const isOfAddress = neighbours.heldBytes > policy.strangerBytesPerAddress;
      dismiss(heaviest(isOfAddress ? neighbours : undefined) as Seat, reason);
    }
  }

  return {
    arrive(id, address, nowMs) {
      const neighbours = neighboursAt(address ?? `connection ${id}`);
      neighbours.queue.push({ id, sinceMs: nowMs });
      queuedAt.set(id, neighbours);
      turns.add(neighbours);
      if (queuedAt.size > policy.waiting) {
        const longest = [...turns].reduce((most, other) => (other.queue.length > most.queue.length ? other : most));
        turnAway(longest, 'too many wait at this relay: try again');
      }
    },
    move(id, address, nowMs) {
      const seat = seats.get(id);
      if (seat === undefined) {
        return;
      }
      vacate(seat);
      seat.neighbours = neighboursAt(address);
      seat.neighbours.seats++;
      seat.neighbours.heldBytes += seat.heldBytes;
      heldBytes += seat.heldBytes;
      seats.set(id, seat);
      if (seat.neighbours.seats > policy.strangersPerAddress) {
        dismiss(oldestToGo(nowMs, seat.neighbours) ?? seat, othersWait);
      }
    },
    become(id, stage) {
      const seat = seats.get(id);
      if (seat !== undefined) {
        seat.stage = stage;
      }
    },
    hold(id, sizeBytes) {
      const seat = seats.get(id);
      if (seat !== undefined) {
        const more = sizeBytes - seat.heldBytes;
        seat.heldBytes = sizeBytes;
        seat.neighbours.heldBytes += more;
        heldBytes += more;
        unload(seat);
      }
    },
    leave(id) {
      const seat = seats.get(id);
      const queue = queuedAt.get(id);
      if (seat !== undefined) {
        vacate(seat);
      } else if (queue !== undefined) {
        unqueue(
          queue,
          queue.queue.findIndex((waiting) => waiting.id === id),
        );
        forgetIfGone(queue);
      }
    },
    look(nowMs) {
      const passedMs = Math.max(0, nowMs - (lookedMs ?? nowMs));
      const earned = (passedMs / 1000) * policy.admissionsPerSecond;
      admissions = Math.min(policy.admissionsPerSecond, admissions + earned);
      lookedMs = nowMs;
      // Who has more that wait goes to the end, and is met here again.
      for (const neighbours of turns) {
        if (admissions < 1) {
          break;
        }
        if (makeRoom(neighbours, nowMs)) {
          admit(neighbours, nowMs);
        }
      }
      const taken = orders;
      orders = [];
      return taken;
    },
    tick(nowMs, blindMs) {
      for (const seat of seats.values()) {
        seat.sinceMs += blindMs;
        if (seat.stage === 'dialling' && nowMs - seat.sinceMs > policy.strangerTimeoutMs) {
          dismiss(seat, 'no WebSocket was asked for in time');
        }
      }
      for (const neighbours of [...turns]) {
        neighbours.queue.forEach((waiting) => {
          waiting.sinceMs += blindMs;
        });
        while (nowMs - (neighbours.queue[0]?.sinceMs ?? nowMs) > policy.strangerTimeoutMs) {
          turnAway(neighbours, 'the relay is busy: try again');
        }
      }
    },
    get seats(): number {
      return seats.size;
    },
    get waiting(): number {
      return queuedAt.size;
    },
    get heldBytes(): number {
      return heldBytes;
    },
  };
}
