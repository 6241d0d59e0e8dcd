import { describeHunt } from './hunt.ts';
import { plantedBugs } from './planted-bugs.ts';

describeHunt(plantedBugs);
