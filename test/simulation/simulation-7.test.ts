import { describe } from 'vitest';
import { runs } from '../helpers/suite.ts';
import { runShard } from './shard.ts';

describe('simulation, short schedules, part 3 of 4', () => runShard(101_500, runs(8, 750)));
