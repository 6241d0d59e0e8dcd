export type GuestId = number;

/** What connections from one address have between them. */
export interface Neighbours {
  readonly address: string;
  seats: number;
  heldBytes: number;
  /** Oldest first. */
  readonly queue: Waiting[];
}

export interface Waiting {
  readonly id: GuestId;
  sinceMs: number;
}

/** Every address that somebody is here from. */
export interface Neighbourhoods {
  at(address: string): Neighbours;
  forgetIfGone(neighbours: Neighbours): void;
}

export function createNeighbourhoods(): Neighbourhoods {
  const byAddress = new Map<string, Neighbours>();
  return {
    at(address) {
      const known = byAddress.get(address) ?? { address, seats: 0, heldBytes: 0, queue: [] };
      byAddress.set(address, known);
      return known;
    },
    forgetIfGone({ address, seats, queue }) {
      if (seats === 0 && queue.length === 0) {
        byAddress.delete(address);
      }
    },
  };
}
