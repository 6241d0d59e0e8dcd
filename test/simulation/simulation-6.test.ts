import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation, short schedules, part 2 of 4', () => runShard(100_750, 750));
