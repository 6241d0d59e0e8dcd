import type { Session, SessionEffect, SessionEvent } from '../sync/ground/session.ts';

/**
 * Steps a session by one event at a time: events that arise while effects are performed wait their turn, and the effects
 * of one event come before the next event.
 */
export interface SessionTurns {
  step(event: SessionEvent): void;
  /** What an effect that is being performed gives rise to: after everything that waits. */
  answer(event: SessionEvent): void;
  /** As if it had been there before everything that waits. */
  answerFirst(event: SessionEvent): void;
  /** Everything waits until others had their turn and `goOn` was called. */
  interrupt(goOn: () => void): void;
  stop(): void;
}

export function createSessionTurns(session: Session, perform: (effect: SessionEffect) => void): SessionTurns {
  const waiting: SessionEvent[] = [];
  const effects: SessionEffect[] = [];
  let stepping = false;
  let interruption: NodeJS.Immediate | undefined;

  function work(): void {
    if (stepping) {
      return;
    }
    stepping = true;
    try {
      while (interruption === undefined && effects.length + waiting.length > 0) {
        const effect = effects.shift();
        const event = effect === undefined ? waiting.shift() : undefined;
        if (effect !== undefined) {
          perform(effect);
        } else if (event !== undefined) {
          effects.push(...session.step(event, performance.now()));
        }
      }
    } finally {
      stepping = false;
    }
  }

  return {
    step(event) {
      waiting.push(event);
      work();
    },
    answer: (event) => void waiting.push(event),
    answerFirst: (event) => void waiting.unshift(event),
    interrupt(goOn) {
      // Not at the end of this round of the loop, which had a batch to take in, but of the next.
      interruption = setImmediate(() => {
        interruption = setImmediate(() => {
          interruption = undefined;
          goOn();
          work();
        });
      });
    },
    stop: () => clearImmediate(interruption),
  };
}
