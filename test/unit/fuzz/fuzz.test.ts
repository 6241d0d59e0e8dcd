import { describeFuzzing } from '../../helpers/fuzz.ts';
import { fuzzTargets } from './targets.ts';

describeFuzzing(fuzzTargets, 1, 500_000);
