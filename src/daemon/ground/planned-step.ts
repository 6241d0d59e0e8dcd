/** Something to be done once whoever waits had their turn, however often it is asked for meanwhile. */
export interface PlannedStep {
  wake(): void;
  /** Takes back what was asked for. */
  stop(): void;
}

/** Does it later; the answer takes that back. */
export type Later = (step: () => void) => () => void;

/** A round of the loop that had so much to do already is left to those who wait for its answers. */
const fullRoundMs = 8;

/**
 * Each once whatever else has happened was seen to, no two of them in one round of the loop, and, once for each, not in
 * a round that was full without it.
 */
export function inTurn(busyMs: BusyTime = loopBusyTime()): Later {
  const line: (() => void)[] = [];
  let planned: NodeJS.Immediate | undefined;
  let waited: (() => void) | undefined;
  function plan(): void {
    planned ??= setImmediate(() => {
      planned = undefined;
      const isFull = busyMs() > fullRoundMs;
      const [first] = line;
      if (isFull && first !== undefined && first !== waited) {
        waited = first;
        plan();
        return;
      }
      waited = undefined;
      line.shift();
      if (line.length > 0) {
        plan();
      }
      first?.();
      busyMs();
    });
  }
  return (step) => {
    line.push(step);
    plan();
    return () => {
      const place = line.indexOf(step);
      if (place >= 0) {
        line.splice(place, 1);
      }
    };
  };
}

/** Milliseconds of work since it was asked before. */
export type BusyTime = () => number;

function loopBusyTime(): BusyTime {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { active } = performance.eventLoopUtilization(now, before);
    before = now;
    return active;
  };
}

export function createPlannedStep(later: Later, step: () => void): PlannedStep {
  let takeBack: (() => void) | undefined;
  return {
    wake() {
      takeBack ??= later(() => {
        takeBack = undefined;
        step();
      });
    },
    stop() {
      takeBack?.();
    },
  };
}
