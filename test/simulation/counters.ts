/** How often each fault, operation, verdict and state was met. */
export interface Counters {
  hit(name: string, times?: number): void;
  entries(): readonly (readonly [name: string, times: number])[];
}

export function createCounters(): Counters {
  const counts = new Map<string, number>();
  return {
    hit(name, times = 1) {
      if (times > 0) {
        counts.set(name, (counts.get(name) ?? 0) + times);
      }
    },
    entries: () => [...counts].sort(([left], [right]) => (left < right ? -1 : 1)),
  };
}

export function addCounters(into: Counters, from: Counters): void {
  for (const [name, times] of from.entries()) {
    into.hit(name, times);
  }
}
