/** Something to be done once whoever waits had their turn, however often it is asked for meanwhile. */
export interface PlannedStep {
  wake(): void;
  /** Takes back what was asked for. */
  stop(): void;
}

/** Does it later; the answer takes that back. */
export type Later = (step: () => void) => () => void;

/** Each once whatever else has happened was seen to, and no two of them in one round of the loop. */
export function inTurn(): Later {
  const line: (() => void)[] = [];
  let planned: NodeJS.Immediate | undefined;
  function plan(): void {
    planned ??= setImmediate(() => {
      planned = undefined;
      const step = line.shift();
      if (line.length > 0) {
        plan();
      }
      step?.();
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
