import type { PolicyBody, PolicyKeyBody, PolicySetBody, SetRuleBody } from '../api/types/policy.ts';
import type { Answer, Calls } from './call.ts';

/** The policy in force. Setting a rule is a privileged call. */
export interface PolicyCalls {
  policy(): Answer<PolicyBody>;
  policyOf(key: string): Answer<PolicyKeyBody>;
  setPolicy(layer: string, rule: SetRuleBody): Answer<PolicySetBody>;
}

export function policyCalls({ get, call }: Calls): PolicyCalls {
  return {
    policy: () => get('/v1/policy'),
    policyOf: (key) => get(`/v1/policy/${encodeURIComponent(key)}`),
    setPolicy: (layer, rule) => call('PUT', `/v1/policy/${encodeURIComponent(layer)}`, rule),
  };
}
