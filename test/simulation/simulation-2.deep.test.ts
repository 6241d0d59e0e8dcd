import { describe } from 'vitest';
import { runSchedules } from './shard.ts';

// Part 1 demands that everything there is was met.
describe('simulation, whole schedules, part 2 of 2', () => {
  runSchedules(251, 250);
});
