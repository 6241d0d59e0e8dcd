import type { FastifyRequest } from 'fastify';
import { callerOf } from './gate.ts';
import type { ApiDeps } from './port.ts';
import { type Problem, problem } from './problem.ts';
import { accessOf } from './route-access.ts';

/** Whether the policy in force lets a client do what it asks for. The owner of the home is no client. */
export function refuseByPolicy({ replica }: ApiDeps, request: FastifyRequest): Problem | undefined {
  const caller = callerOf(request);
  const route = request.routeOptions.url;
  const access = route === undefined ? undefined : accessOf(request.method, route);
  if (caller?.kind !== 'client' || access === undefined || ['anyone', 'known', 'owner'].includes(access.needs)) {
    return undefined;
  }
  const { decision, reasonCode } = replica.policy().decide('client', access.needs);
  return decision === 'allow'
    ? undefined
    : problem(
        403,
        `Policy does not let clients do this. See why with: sourcesync policy explain client.${access.needs}`,
        {
          reasonCode: reasonCode ?? 'policy_denied',
        },
      );
}
