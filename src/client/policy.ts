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

export function policyCalls({ ask }: Calls): PolicyCalls {
  return {
    policy: () => ask('GET /v1/policy'),
    policyOf: (key) => ask('GET /v1/policy/:key', { path: { key } }),
    permission: (target, agent) =>
      ask('GET /v1/permissions', { query: agent === undefined ? { target } : { target, agent } }),
    setPolicy: (layer, rule, ifVersion) =>
      ask('PUT /v1/policy/:layer', {
        path: { layer },
        body: rule,
        headers: ifVersion === null ? { 'if-none-match': '*' } : ifMatch(ifVersion),
      }),
  };
}
