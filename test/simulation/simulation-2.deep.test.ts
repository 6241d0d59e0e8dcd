import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation, whole schedules, part 2 of 2', () => runShard(251, 250));
