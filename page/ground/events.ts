import type { Api } from './api.ts';
import { createEventReader } from './event-reader.ts';

/** What happens at the daemon, and whether it can be heard. */
export interface Events {
  /** `types` are beginnings of event types: `review.` hears them all. Told once for what comes together. */
  listen(types: readonly string[], listener: () => void): () => void;
  /** Told whenever the stream begins or ends. */
  whenHeard(listener: (isHeard: boolean) => void): () => void;
}

const gatheringMs = 120;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** Follows the stream for as long as the page is there. A `fetch`, since an EventSource carries no bearer. */
export function followEvents(api: Pick<Api, 'events'>): Events {
  const listeners = new Set<{ readonly types: readonly string[]; readonly hear: () => void }>();
  const states = new Set<(isHeard: boolean) => void>();
  let lastId: string | undefined;

  function tell(type: string): void {
    for (const { types, hear } of listeners) {
      // After a gap nobody knows what was missed.
      if (type === 'gap' || types.some((one) => type.startsWith(one))) {
        hear();
      }
    }
  }

  async function readOnce(): Promise<boolean> {
    const response = await api.events(lastId, new AbortController().signal);
    if (!response.ok || response.body === null) {
      return false;
    }
    states.forEach((told) => told(true));
    const read = createEventReader();
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      for (const { id, type } of read(decoder.decode(chunk, { stream: true }))) {
        lastId = id ?? lastId;
        tell(type);
      }
    }
    return true;
  }

  async function follow(): Promise<void> {
    let pauseMs = firstPauseMs;
    for (;;) {
      const wasHeard = await readOnce().catch(() => false);
      states.forEach((told) => told(false));
      pauseMs = wasHeard ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs);
      });
    }
  }

  void follow();
  return {
    listen(types, listener) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const entry = {
        types,
        hear() {
          timer ??= setTimeout(() => {
            timer = undefined;
            listener();
          }, gatheringMs);
        },
      };
      listeners.add(entry);
      return () => {
        clearTimeout(timer);
        listeners.delete(entry);
      };
    },
    whenHeard(listener) {
      states.add(listener);
      return () => states.delete(listener);
    },
  };
}
