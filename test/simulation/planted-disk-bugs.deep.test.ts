import { describeHunt } from './hunt.ts';
import { plantedDiskBugs } from './planted-disk-bugs.ts';

describeHunt(plantedDiskBugs);
