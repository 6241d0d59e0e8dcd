import { describeHunt } from './hunt.ts';
import { plantedMendingBugs } from './planted-mending-bugs.ts';

describeHunt(plantedMendingBugs);
