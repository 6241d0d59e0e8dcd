import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation, part 4 of 4', () => runShard(1501, 500));
