import type { FastifyRequest } from 'fastify';
import { callerOf } from './gate.ts';
import type { ApiDeps } from '../ports/port.ts';
import { type Problem, problem } from '../answers/problem.ts';
import { accessOf } from './route-access.ts';

/** Whether the policy in force lets a client do what it asks for. The owner of the home is no client. */
export function refuseByPolicy({ replica }: Pick<ApiDeps, 'replica'>, request: FastifyRequest): Problem | undefined {
  const caller = callerOf(request);
  const route = request.routeOptions.url;
  const access = route === undefined ? undefined : accessOf(request.method, route);
  if (caller?.kind !== 'client' || access === undefined || ['anyone', 'known', 'owner'].includes(access.needs)) {
    return undefined;
  }
  // What a client may do only as an admin is asked under both names.
  const names = caller.client.capabilities.some((held) => held === access.needs)
    ? [access.needs]
    : [access.needs, 'admin'];
  const denying = names
    .map((name) => ({ name, ...replica.policy().decide('client', name) }))
    .find(({ decision }) => decision !== 'allow');
  return (
    denying &&
    problem(
      403,
      `Policy does not let clients do this. See why with: sourcesync policy explain client.${denying.name}`,
      {
        reasonCode: denying.reasonCode ?? 'policy_denied',
      },
    )
  );
}
