/** Something to be done once whoever waits had their turn, however often it is asked for meanwhile. */
export interface PlannedStep {
  wake(): void;
  /** Takes back what was asked for. */
  stop(): void;
}

/** Does it later; the answer takes that back. */
export type Later = (step: () => void) => () => void;

/** Once whatever else has happened was seen to. */
export const afterOthers: Later = (step) => {
  const planned = setImmediate(step);
  return () => clearImmediate(planned);
};

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
