import { runShard } from './shard.ts';

/** Disks lose and refuse what is written. */
runShard(3_001, 250);
