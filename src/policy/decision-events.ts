/** How the audit calls what policy decides; written out, so that whoever promises such an event is found here. */
export const decisionEvents = {
  allow: 'policy.decision.allow',
  deny: 'policy.decision.deny',
  require_review: 'policy.decision.require_review',
} as const;
