import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Result } from '../../../base/result.ts';
import type { LinkControl } from '../../ports/control.ts';
import type { ControlFault } from '../../ports/fault.ts';
import { problem, problemOfFault } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';

export function linkRoutes(api: FastifyInstance, { control }: { readonly control: LinkControl }): void {
  api.get('/v1/links', async () => ({ items: control.links(), nextCursor: null }));

  api.post('/v1/links', async (request, reply) => {
    const body = request.body as { engineId?: unknown; root?: unknown; takesLinks?: unknown } | null;
    if (typeof body?.engineId !== 'string' || typeof body.root !== 'string') {
      return send(reply, problem(400, 'The body is {"engineId": ENGINE, "root": absolute path of a folder}.'));
    }
    return answer(reply, await control.link(body.engineId, body.root, body.takesLinks === true));
  });

  api.delete('/v1/links', async (request, reply) => {
    const root = rootAsked(request);
    return root === undefined ? send(reply, unnamed('/v1/links')) : answer(reply, await control.unlink(root));
  });

  api.get('/v1/links/show', async (request, reply) => {
    const root = rootAsked(request);
    return root === undefined ? send(reply, unnamed('/v1/links/show')) : answer(reply, control.showLink(root));
  });

  api.post('/v1/links/resume', async (request, reply) => {
    const root = rootSaid(request);
    return root === undefined ? send(reply, unsaid) : answer(reply, await control.resumeLink(root));
  });

  api.post('/v1/links/adopt', async (request, reply) => {
    const root = rootSaid(request);
    return root === undefined ? send(reply, unsaid) : answer(reply, await control.adoptLink(root));
  });

  api.post('/v1/links/fetch', async (request, reply) => {
    const { path } = (request.body ?? {}) as { path?: unknown };
    return typeof path === 'string'
      ? answer(reply, await control.fetchLink(path))
      : send(reply, problem(400, 'The body is {"path": absolute path of a file in a linked folder}.'));
  });

  api.post('/v1/links/clean', async (request, reply) => {
    const root = rootSaid(request);
    const { execute } = (request.body ?? {}) as { execute?: unknown };
    return root === undefined ? send(reply, unsaid) : answer(reply, await control.cleanLink(root, execute === true));
  });
}

function answer<T>(reply: FastifyReply, result: Result<T, ControlFault>): unknown {
  return result.ok ? result.value : send(reply, problemOfFault(result.error));
}

function rootAsked(request: FastifyRequest): string | undefined {
  const { root } = request.query as { root?: unknown };
  return typeof root === 'string' ? root : undefined;
}

function rootSaid(request: FastifyRequest): string | undefined {
  const { root } = (request.body ?? {}) as { root?: unknown };
  return typeof root === 'string' ? root : undefined;
}

const unnamed = (route: string): ReturnType<typeof problem> => problem(400, `Name the folder: ${route}?root=PATH`);
const unsaid = problem(400, 'The body is {"root": absolute path of a linked folder}.');
