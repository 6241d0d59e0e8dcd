import type { FastifyInstance } from 'fastify';
import { agentUrn } from '../../../contract/agent.ts';
import { nameOf, namedUrnOf } from '../../../membership/parse/contract-fields.ts';
import { targetFault } from '../../../policy/permission-map.ts';
import { permissionBody } from '../../answers/permission-bodies.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';

/** What agents may use, for whoever enforces it: the daemon sees to engines and capabilities, applications to tools. */
export function permissionRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'bindings'>): void {
  api.get('/v1/permissions', async (request, reply) => {
    const { target, agent } = request.query as { target?: unknown; agent?: unknown };
    const fault = typeof target === 'string' ? targetFault(target) : 'Name one target: ?target=tool:NAME';
    if (typeof target !== 'string' || fault !== undefined) {
      return send(reply, problem(400, `${fault}`));
    }
    const named = agent === undefined ? undefined : agentOf(agent);
    return agent !== undefined && named === undefined
      ? send(
          reply,
          problem(400, 'agent is a name of 1 to 64 characters, a to z, 0 to 9, _ . and -, or the URN of one.'),
        )
      : permissionBody(deps.replica.policy(), deps.bindings, target, named);
  });
}

function agentOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : undefined;
  const name = nameOf(text);
  return name === undefined ? namedUrnOf(text, 'agent') : agentUrn(name);
}
