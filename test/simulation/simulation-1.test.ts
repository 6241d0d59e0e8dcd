import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation, part 1 of 4', () => runShard(1, 500));
