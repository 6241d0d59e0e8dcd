import { describeHunt } from './hunt.ts';
import { plantedGovernanceBugs } from './planted-governance-bugs.ts';

describeHunt(plantedGovernanceBugs);
