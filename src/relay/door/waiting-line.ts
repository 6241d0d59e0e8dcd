import type { GuestId, Neighbours, Waiting } from './neighbours.ts';

/** Those who wait for a seat, by address; addresses take turns. */
export interface WaitingLine {
  readonly size: number;
  /** Whose turn it is to be admitted: the first. Who goes to the end meanwhile is met again. */
  readonly turns: Iterable<Neighbours>;
  join(neighbours: Neighbours, id: GuestId, nowMs: number): void;
  /** The last that came of an address, which then waits for its next turn. */
  takeLast(neighbours: Neighbours): GuestId;
  takeOldest(neighbours: Neighbours): GuestId | undefined;
  /** Where it waited; undefined for who did not. */
  leave(id: GuestId): Neighbours | undefined;
  /** The address from which most wait. */
  longest(): Neighbours;
  /** Time that counts against nobody. */
  forgive(blindMs: number): void;
}

export function createWaitingLine(): WaitingLine {
  const queuedAt = new Map<GuestId, Neighbours>();
  const turns = new Set<Neighbours>();

  function unqueue(neighbours: Neighbours, index: number): void {
    for (const { id } of neighbours.queue.splice(index, 1)) {
      queuedAt.delete(id);
    }
    if (neighbours.queue.length === 0) {
      turns.delete(neighbours);
    }
  }

  return {
    turns,
    get size(): number {
      return queuedAt.size;
    },
    join(neighbours, id, nowMs) {
      neighbours.queue.push({ id, sinceMs: nowMs });
      queuedAt.set(id, neighbours);
      turns.add(neighbours);
    },
    takeLast(neighbours) {
      const { id } = neighbours.queue.at(-1) as Waiting;
      unqueue(neighbours, -1);
      if (neighbours.queue.length > 0) {
        turns.delete(neighbours);
        turns.add(neighbours);
      }
      return id;
    },
    takeOldest(neighbours) {
      const oldest = neighbours.queue[0]?.id;
      if (oldest !== undefined) {
        unqueue(neighbours, 0);
      }
      return oldest;
    },
    leave(id) {
      const neighbours = queuedAt.get(id);
      if (neighbours !== undefined) {
        unqueue(
          neighbours,
          neighbours.queue.findIndex((waiting) => waiting.id === id),
        );
      }
      return neighbours;
    },
    longest: () => [...turns].reduce((most, other) => (other.queue.length > most.queue.length ? other : most)),
    forgive(blindMs) {
      for (const { queue } of turns) {
        queue.forEach((waiting) => {
          waiting.sinceMs += blindMs;
        });
      }
    },
  };
}
