import { describeHunt } from './hunt.ts';
import { plantedBudgetBugs } from './planted-budget-bugs.ts';

describeHunt(plantedBudgetBugs);
