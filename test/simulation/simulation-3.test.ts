import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation, part 3 of 4', () => runShard(1001, 500));
