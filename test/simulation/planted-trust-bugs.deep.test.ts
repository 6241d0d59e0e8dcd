import { describeHunt } from './hunt.ts';
import { plantedTrustBugs } from './planted-trust-bugs.ts';

describeHunt(plantedTrustBugs);
