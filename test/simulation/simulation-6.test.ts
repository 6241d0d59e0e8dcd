import { describe } from 'vitest';
import { runs } from '../helpers/suite.ts';
import { runShard } from './shard.ts';

describe('simulation, short schedules, part 2 of 4', () => runShard(100_750, runs(8, 750)));
