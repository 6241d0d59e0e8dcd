import { describeHunt } from './hunt.ts';
import { plantedStateBugs } from './planted-state-bugs.ts';

describeHunt(plantedStateBugs);
