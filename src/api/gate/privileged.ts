import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PrivilegedCommand } from '../../contract/source-channel.ts';
import { reasonText } from '../../contract/verdict.ts';
import { bodyHashOf, localOrigin } from '../../membership/envelope/envelope.ts';
import type { Caller } from '../ports/clients.ts';
import { callerOf } from './gate.ts';
import { commandOfWrite } from './guarded-writes.ts';
import type { ApiDeps } from '../ports/port.ts';
import { type Problem, problem } from '../answers/problem.ts';
import { envelopeHeader, rawBodyOf } from '../answers/raw-body.ts';
import { routeKey } from './route-access.ts';
import { send } from '../answers/send.ts';
import { privilegedRoutes } from '../types/privileged.ts';

/** Holds every privileged call until its envelope is judged, and sees that each is audited exactly once. */
export function guardPrivileged(
  api: FastifyInstance,
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control' | 'channel'>,
): void {
  const judged = new WeakSet<FastifyRequest>();

  api.addHook('preHandler', async (request, reply) => {
    const call = privilegedCallOf(deps, request);
    if (call === undefined) {
      return;
    }
    judged.add(request);
    const refused = judge(deps, request, call);
    if (refused !== undefined) {
      await send(reply, refused);
    }
  });

  // What was refused earlier (capability, collection, content type, JSON) is told here, where every answer passes.
  api.addHook('onSend', async (request, reply, payload) => {
    const call = judged.has(request) ? undefined : privilegedCallOf(deps, request);
    if (call !== undefined) {
      judged.add(request);
      deps.channel.turnedAway(call, reply.statusCode === 403 ? 'policy_denied' : 'schema_unknown');
    }
    return payload;
  });
}

interface Call {
  readonly caller: Caller;
  readonly command: PrivilegedCommand;
  readonly route: string;
}

/** undefined for calls that are not privileged, and for strangers: who holds no token cannot fill the audit log. */
function privilegedCallOf(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control'>,
  request: FastifyRequest,
): Call | undefined {
  const route = request.routeOptions.url;
  const caller = callerOf(request);
  const command = route && caller && commandOf(deps, request, caller, route);
  return command && caller && route ? { caller, command, route } : undefined;
}

function commandOf(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'bindings' | 'control'>,
  request: FastifyRequest,
  caller: Caller,
  route: string,
): PrivilegedCommand | undefined {
  return privilegedRoutes[routeKey(request.method, route)] ?? commandOfWrite(deps, request, caller, route);
}

function judge(deps: Pick<ApiDeps, 'channel'>, request: FastifyRequest, call: Call): Problem | undefined {
  const header = request.headers[envelopeHeader];
  const admitted = deps.channel.admit(
    {
      ...{ ...call, method: request.method, path: request.url },
      origin: request.headers.origin ?? localOrigin,
      bodyHash: bodyHashOf(rawBodyOf(request)),
    },
    typeof header === 'string' ? header : undefined,
  );
  if (admitted.ok) {
    return undefined;
  }
  const { error } = admitted;
  return problem(error.reasonCode === 'schema_unknown' ? 400 : 403, error.message, { reasonCode: reasonText(error) });
}
