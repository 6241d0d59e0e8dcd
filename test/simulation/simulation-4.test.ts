import { describe } from 'vitest';
import { runs } from '../helpers/suite.ts';
import { runShard } from './shard.ts';

describe('simulation, part 4 of 4', () => runShard(1501, runs(8, 500)));
