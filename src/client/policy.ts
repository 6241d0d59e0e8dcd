import type { PermissionBody } from '../api/types/permissions.ts';
import type { PolicyBody, PolicyKeyBody, PolicySetBody, SetRuleBody } from '../api/types/policy.ts';
import { type Answer, type Calls, ifMatch } from './call.ts';

/** The policy in force. Setting a rule is a privileged call. */
export interface PolicyCalls {
  policy(): Answer<PolicyBody>;
  policyOf(key: string): Answer<PolicyKeyBody>;
  /** What maps say of `tool:…`, `engine:…` or `capability:…`; of an agent, named as in its lease, its record too. */
  permission(target: string, agent?: string): Answer<PermissionBody>;
  /** `ifVersion` refuses when the layer's document has changed since; null where none was there. */
  setPolicy(layer: string, rule: SetRuleBody, ifVersion?: string | null): Answer<PolicySetBody>;
}

export function policyCalls({ get, call }: Calls): PolicyCalls {
  return {
    policy: () => get('/v1/policy'),
    policyOf: (key) => get(`/v1/policy/${encodeURIComponent(key)}`),
    permission: (target, agent) => {
      const named = agent === undefined ? '' : `&agent=${encodeURIComponent(agent)}`;
      return get(`/v1/permissions?target=${encodeURIComponent(target)}${named}`);
    },
    setPolicy: (layer, rule, ifVersion) =>
      call(
        'PUT',
        `/v1/policy/${encodeURIComponent(layer)}`,
        rule,
        ifVersion === null ? { 'if-none-match': '*' } : ifMatch(ifVersion),
      ),
  };
}
