import type { Gate, GateOrder } from './gate.ts';

/** How often those who wait are looked at again. */
const waitingIntervalMs = 50;

/** Asks the gate what is to be done, again and again while somebody waits. */
export interface Lookout {
  /** At the end of this turn of the event loop. */
  soon(): void;
  now(): void;
}

export function createLookout(gate: Pick<Gate, 'look' | 'waiting'>, obey: (order: GateOrder) => void): Lookout {
  let isDue = false;
  let timer: NodeJS.Timeout | undefined;

  function now(): void {
    isDue = false;
    for (const order of gate.look(performance.now())) {
      obey(order);
    }
    if (gate.waiting > 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        now();
      }, waitingIntervalMs).unref();
    }
  }

  return {
    now,
    soon() {
      if (!isDue) {
        isDue = true;
        setImmediate(now);
      }
    },
  };
}
