import { expect, it } from 'vitest';
import { type Counters, addCounters, createCounters } from './counters.ts';
import { requiredCounters, requiredOfStores } from './required-counters.ts';
import { knowsStoreFaults, lengthOf } from './swarm.ts';
import { type SeedResult, runSeed } from './run-seed.ts';

/** One seed in so many runs twice and must leave the same trace. */
const rerunEvery = 20;
const patienceMs = 30 * 60_000;

/** Runs hundreds of seeds as {@link runSchedules} does; whole schedules must meet everything that there is, too. */
export function runShard(firstSeed: number, count: number): void {
  const counters = runSchedules(firstSeed, count);

  if (lengthOf(firstSeed) === 'whole') {
    it('every fault, operation, verdict and state was met', () => {
      const met = new Set(counters.entries().map(([name]) => name));
      const required = knowsStoreFaults(firstSeed) ? requiredOfStores : requiredCounters;
      expect(required.filter((name) => !met.has(name))).toEqual([]);
    });
  }
}

/** Runs consecutive seeds as a test of the calling file; a failure prints the command that replays it. */
export function runSchedules(firstSeed: number, count: number): Counters {
  const counters = createCounters();

  it(`${count} schedules from seed ${firstSeed} on hold every invariant`, { timeout: patienceMs }, async () => {
    const startedMs = performance.now();
    const failures: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const result = runSeed(seed);
      addCounters(counters, result.counters);
      failures.push(...failuresOf(result));
      if (seed % rerunEvery === 0 && runSeed(seed).trace !== result.trace) {
        failures.push(`seed ${seed} ran differently the second time\n${replayCommand(seed)}`);
      }
      await new Promise(setImmediate);
    }
    const perSecond = (count * 1000) / (performance.now() - startedMs);
    console.info(`${count} schedules, ${perSecond.toFixed(1)} a second\n${summary()}`);
    expect(failures).toEqual([]);
  });

  return counters;

  function summary(): string {
    return counters
      .entries()
      .map(([name, times]) => `  ${name}: ${times}`)
      .join('\n');
  }
}

export function failuresOf({ seed, findings }: SeedResult): readonly string[] {
  const [first] = findings;
  return first === undefined ? [] : [`seed ${seed}, invariant ${first.oracle}: ${first.what}\n${replayCommand(seed)}`];
}

function replayCommand(seed: number): string {
  return `replay: SIMULATION_SEED=${seed} npx vitest run test/simulation/replay.test.ts`;
}
