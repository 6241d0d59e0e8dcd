import { describe } from 'vitest';
import { runSchedules } from './shard.ts';

/** A few of each kind in one process: what the deep suite runs by the hundred. */
describe('simulation', () => {
  runSchedules(1, 8);
  runSchedules(100_000, 12);
  runSchedules(3_001, 4);
});
