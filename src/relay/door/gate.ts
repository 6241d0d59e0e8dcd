import type { StrangerLimits } from '../policy.ts';
import { type Admissions, createAdmissions } from './admissions.ts';
import { type GuestId, type Neighbourhoods, type Neighbours, createNeighbourhoods } from './neighbours.ts';
import { type Seat, type Seats, type Stage, createSeats } from './seats.ts';
import { type WaitingLine, createWaitingLine } from './waiting-line.ts';

/** What the door does for the gate, in this order. */
export type GateOrder =
  | { readonly type: 'admit'; readonly id: GuestId }
  | { readonly type: 'dismiss'; readonly id: GuestId; readonly reason: string };

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

interface Parts {
  readonly policy: StrangerLimits;
  readonly neighbourhoods: Neighbourhoods;
  readonly seats: Seats;
  readonly line: WaitingLine;
  readonly admissions: Admissions;
  orders: GateOrder[];
}

const othersWait = 'others wait, and this connection did not say in time who it is: try again';

export function createGate(policy: StrangerLimits): Gate {
  const neighbourhoods = createNeighbourhoods();
  const seats = createSeats(neighbourhoods, policy.strangerGraceMs);
  const line = createWaitingLine();
  const admissions = createAdmissions(policy.admissionsPerSecond);
  const parts: Parts = { policy, neighbourhoods, seats, line, admissions, orders: [] };

  return {
    arrive(id, address, nowMs) {
      line.join(neighbourhoods.at(address ?? `connection ${id}`), id, nowMs);
      if (line.size > policy.waiting) {
        turnAway(parts, line.longest(), 'too many wait at this relay: try again');
      }
    },
    move(id, address, nowMs) {
      const seat = seats.get(id);
      if (seat === undefined) {
        return;
      }
      seats.move(seat, address);
      if (seat.neighbours.seats > policy.strangersPerAddress) {
        dismiss(parts, seats.oldestToGo(nowMs, seat.neighbours) ?? seat, othersWait);
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
        seats.hold(seat, sizeBytes);
        unload(parts, seat);
      }
    },
    leave: (id) => leave(parts, id),
    look(nowMs) {
      admitWhileThereIsRoom(parts, nowMs);
      const { orders } = parts;
      parts.orders = [];
      return orders;
    },
    tick: (nowMs, blindMs) => endTheOverdue(parts, nowMs, blindMs),
    get seats(): number {
      return seats.size;
    },
    get waiting(): number {
      return line.size;
    },
    get heldBytes(): number {
      return seats.heldBytes;
    },
  };
}

function dismiss({ seats, orders }: Parts, seat: Seat, reason: string): void {
  seats.vacate(seat);
  orders.push({ type: 'dismiss', id: seat.id, reason });
}

/** Sends away who waits longest at an address. */
function turnAway({ line, neighbourhoods, orders }: Parts, neighbours: Neighbours, reason: string): void {
  const id = line.takeOldest(neighbours);
  if (id !== undefined) {
    orders.push({ type: 'dismiss', id, reason });
    neighbourhoods.forgetIfGone(neighbours);
  }
}

function leave({ seats, line, neighbourhoods }: Parts, id: GuestId): void {
  const seat = seats.get(id);
  if (seat !== undefined) {
    seats.vacate(seat);
    return;
  }
  const neighbours = line.leave(id);
  if (neighbours !== undefined) {
    neighbourhoods.forgetIfGone(neighbours);
  }
}

function admitWhileThereIsRoom(parts: Parts, nowMs: number): void {
  const { admissions, line, seats } = parts;
  admissions.earn(nowMs);
  // Who has more that wait goes to the end, and is met here again.
  for (const neighbours of line.turns) {
    if (admissions.isSpent) {
      break;
    }
    if (makeRoom(parts, neighbours, nowMs)) {
      // The last to come is the first to be let in: it is the likeliest to wait for its answer still.
      const id = line.takeLast(neighbours);
      seats.take(id, neighbours, nowMs);
      admissions.spend();
      parts.orders.push({ type: 'admit', id });
    }
  }
}

/** Room for one more from an address; false when nobody there has had a fair time yet. */
function makeRoom(parts: Parts, neighbours: Neighbours, nowMs: number): boolean {
  const { policy, seats } = parts;
  const isCrowded = neighbours.seats >= policy.strangersPerAddress;
  if (!isCrowded && seats.size < policy.strangers) {
    return true;
  }
  const oldest = seats.oldestToGo(nowMs, isCrowded ? neighbours : undefined);
  if (oldest !== undefined) {
    dismiss(parts, oldest, othersWait);
  }
  return oldest !== undefined;
}

/** Ends the heaviest until what is kept is within its bounds again. */
function unload(parts: Parts, { neighbours }: Seat): void {
  const { policy, seats } = parts;
  const reason = 'too much that is not complete came from devices that did not say who they are: try again';
  while (neighbours.heldBytes > policy.strangerBytesPerAddress || seats.heldBytes > policy.strangerBytes) {
    const isOfAddress = neighbours.heldBytes > policy.strangerBytesPerAddress;
    dismiss(parts, seats.heaviest(isOfAddress ? neighbours : undefined) as Seat, reason);
  }
}

function endTheOverdue(parts: Parts, nowMs: number, blindMs: number): void {
  const { policy, seats, line } = parts;
  for (const seat of seats.all()) {
    seat.sinceMs += blindMs;
    if (seat.stage === 'dialling' && nowMs - seat.sinceMs > policy.strangerTimeoutMs) {
      dismiss(parts, seat, 'no WebSocket was asked for in time');
    }
  }
  line.forgive(blindMs);
  for (const neighbours of [...line.turns]) {
    while (nowMs - (neighbours.queue[0]?.sinceMs ?? nowMs) > policy.strangerTimeoutMs) {
      turnAway(parts, neighbours, 'the relay is busy: try again');
    }
  }
}
