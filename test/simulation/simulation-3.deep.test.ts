import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation, short schedules', () => runShard(100_000, 200));
