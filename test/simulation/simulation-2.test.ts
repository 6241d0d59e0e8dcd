import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation, part 2 of 4', () => runShard(501, 500));
