import type { GuestId, Neighbourhoods, Neighbours } from './neighbours.ts';

/**
 * How far a connection has got that is no member's: it has asked for no WebSocket yet; it has not said who it is; or it
 * pairs, or is a device of no scope here. The last kind may stay, and goes last where room is needed.
 */
export type Stage = 'dialling' | 'stranger' | 'settled';

export interface Seat {
  readonly id: GuestId;
  neighbours: Neighbours;
  sinceMs: number;
  heldBytes: number;
  stage: Stage;
}

/** The places of those who were let in and are no members, and what is kept for each of them. */
export interface Seats {
  readonly size: number;
  readonly heldBytes: number;
  get(id: GuestId): Seat | undefined;
  /** In order of admission. */
  all(): Iterable<Seat>;
  take(id: GuestId, neighbours: Neighbours, nowMs: number): void;
  vacate(seat: Seat): void;
  /** It counts as one of another address. */
  move(seat: Seat, address: string): void;
  hold(seat: Seat, sizeBytes: number): void;
  /**
   * Of the seats, those at one address if it is named, that had their fair time: the oldest of the address that has most;
   * who may stay goes after the others.
   */
  oldestToGo(nowMs: number, at?: Neighbours): Seat | undefined;
  /** For whom most is kept. */
  heaviest(at?: Neighbours): Seat | undefined;
}

export function createSeats(neighbourhoods: Neighbourhoods, graceMs: number): Seats {
  const seats = new Map<GuestId, Seat>();
  let heldBytes = 0;

  function place(seat: Seat): void {
    seats.set(seat.id, seat);
    heldBytes += seat.heldBytes;
    seat.neighbours.seats++;
    seat.neighbours.heldBytes += seat.heldBytes;
  }

  function vacate(seat: Seat): void {
    seats.delete(seat.id);
    heldBytes -= seat.heldBytes;
    seat.neighbours.seats--;
    seat.neighbours.heldBytes -= seat.heldBytes;
    neighbourhoods.forgetIfGone(seat.neighbours);
  }

  return {
    vacate,
    get size(): number {
      return seats.size;
    },
    get heldBytes(): number {
      return heldBytes;
    },
    get: (id) => seats.get(id),
    all: () => seats.values(),
    take: (id, neighbours, nowMs) => place({ id, neighbours, sinceMs: nowMs, heldBytes: 0, stage: 'dialling' }),
    move(seat, address) {
      vacate(seat);
      seat.neighbours = neighbourhoods.at(address);
      place(seat);
    },
    hold(seat, sizeBytes) {
      const more = sizeBytes - seat.heldBytes;
      seat.heldBytes = sizeBytes;
      seat.neighbours.heldBytes += more;
      heldBytes += more;
    },
    oldestToGo(nowMs, at) {
      let found: Seat | undefined;
      for (const seat of seats.values()) {
        const mayGo = isAt(seat, at) && nowMs - seat.sinceMs >= graceMs;
        if (mayGo && (found === undefined || rankOf(seat) > rankOf(found))) {
          found = seat;
        }
      }
      return found;
    },
    heaviest(at) {
      let found: Seat | undefined;
      for (const seat of seats.values()) {
        if (isAt(seat, at) && seat.heldBytes > (found?.heldBytes ?? 0)) {
          found = seat;
        }
      }
      return found;
    },
  };
}

function isAt({ neighbours }: Seat, at: Neighbours | undefined): boolean {
  return at === undefined || neighbours === at;
}

function rankOf({ neighbours, stage }: Seat): number {
  return neighbours.seats * 2 + (stage === 'settled' ? 0 : 1);
}
