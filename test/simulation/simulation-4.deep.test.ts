import { describe } from 'vitest';
import { runShard } from './shard.ts';

describe('simulation of disks that lose and refuse what is written', () => runShard(3_001, 120));
