import type { JsonObject } from '../../base/json.ts';
import type { EventSource, NumberedEvent } from '../../api/ports/port.ts';
import type { SyncEvent } from '../../contract/events.ts';

export interface EventRing extends EventSource {
  add(event: SyncEvent): void;
}

/** The latest events with consecutive ids that begin behind `before`, in bounded memory. */
export function createEventRing(capacity: number, nowMs: () => number, before = 0): EventRing {
  const kept: NumberedEvent[] = [];
  const listeners = new Set<(event: NumberedEvent) => void>();
  let lastId = before;

  return {
    get lastId(): number {
      return lastId;
    },
    add({ type, data }) {
      lastId += 1;
      const event: NumberedEvent = { id: lastId, type, at: new Date(nowMs()).toISOString(), data: data as JsonObject };
      kept[lastId % capacity] = event;
      for (const listener of listeners) {
        listener(event);
      }
    },
    since(id) {
      const oldest = Math.max(before + 1, lastId - capacity + 1);
      const events: NumberedEvent[] = [];
      for (let next = Math.max(id + 1, oldest); next <= lastId; next++) {
        events.push(kept[next % capacity] as NumberedEvent);
      }
      // What is not among ours is of another life of the daemon: its events are gone.
      return { events, gap: id + 1 < oldest || id > lastId };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
