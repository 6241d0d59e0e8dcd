import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation, whole schedules, part 1 of 2', () => runShard(1, 250));
