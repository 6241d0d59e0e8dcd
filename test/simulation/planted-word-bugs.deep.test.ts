import { describeHunt } from './hunt.ts';
import { plantedWordBugs } from './planted-word-bugs.ts';

describeHunt(plantedWordBugs);
