import { describeFuzzing } from '../helpers/fuzz.ts';
import { fuzzTargets } from '../unit/fuzz/targets.ts';

// The ordinary run twenty times over, from other seeds.
describeFuzzing(fuzzTargets, 20, 10_000_000);
