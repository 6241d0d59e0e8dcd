import { describe } from 'vitest';
import { runs } from '../helpers/suite.ts';
import { runShard } from './shard.ts';

describe('simulation, part 2 of 4', () => runShard(501, runs(8, 500)));
