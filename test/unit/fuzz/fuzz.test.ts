import { describeFuzzing } from '../../helpers/fuzz.ts';
import { fuzzTargets } from './targets.ts';
import { runs } from '../../helpers/suite.ts';

describeFuzzing(fuzzTargets, runs(0.1, 1), runs(50_000, 500_000));
