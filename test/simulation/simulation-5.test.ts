import { describe } from 'vitest';
import { runs } from '../helpers/suite.ts';
import { runShard } from './shard.ts';

describe('simulation, short schedules, part 1 of 4', () => runShard(100_000, runs(8, 750)));
