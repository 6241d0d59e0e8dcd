import { describe } from 'vitest';
import { runs } from '../helpers/suite.ts';
import { runShard } from './shard.ts';

describe('simulation, short schedules, part 4 of 4', () => runShard(102_250, runs(8, 750)));
