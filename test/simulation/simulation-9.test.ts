import { runs } from '../helpers/suite.ts';
import { runShard } from './shard.ts';

/** Disks lose and refuse what is written. */
runShard(3_001, runs(8, 250));
