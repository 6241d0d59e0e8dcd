/** Transitions kept of each engine. */
export const keptTransitions = 1000;
