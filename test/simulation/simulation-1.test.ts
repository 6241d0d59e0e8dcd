import { describe } from 'vitest';
import { runs } from '../helpers/suite.ts';
import { runShard } from './shard.ts';

describe('simulation, part 1 of 4', () => runShard(1, runs(8, 500)));
