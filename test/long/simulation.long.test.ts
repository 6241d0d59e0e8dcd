import { describe } from 'vitest';
import { runShard } from '../simulation/shard.ts';

const count = Number(process.env['SIMULATION_COUNT'] ?? 100_000);
const first = Number(process.env['SIMULATION_FIRST_SEED'] ?? 1_000_000);

describe('long simulation', () => runShard(first, count));
