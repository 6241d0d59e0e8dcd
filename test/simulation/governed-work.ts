import type { GovernanceName } from './governance-swarm.ts';
import type { GovernedOperation } from './governed-turn.ts';
import { agentWork } from './work-agents.ts';
import { brakeWork } from './work-brake.ts';
import { documentWork } from './work-documents.ts';
import { historyWork } from './work-history.ts';
import { ownerWork } from './work-owners.ts';
import { policyWork } from './work-policy.ts';
import { reviewWork } from './work-reviews.ts';
import { secretWork } from './work-secrets.ts';
import { versionWork } from './work-versions.ts';
import { wordWork } from './work-words.ts';

/** What is done only where records are governed. */
export const governedOperations: Readonly<Record<GovernanceName, GovernedOperation>> = {
  ...policyWork,
  ...reviewWork,
  ...brakeWork,
  ...historyWork,
  ...ownerWork,
  ...secretWork,
  ...agentWork,
  ...versionWork,
  ...documentWork,
  ...wordWork,
};
