import { describeHunt } from './hunt.ts';
import { plantedRelayBugs } from './planted-relay-bugs.ts';

describeHunt(plantedRelayBugs);
