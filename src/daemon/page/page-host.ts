import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bearerOf } from '../../api/answers/bearer.ts';
import { type Problem, problem } from '../../api/answers/problem.ts';
import type { PagePort } from '../../api/ports/page-port.ts';
import { isJsonObject } from '../../base/json.ts';
import { parseJsonText } from '../../base/json-text.ts';
import { err, ok } from '../../base/result.ts';
import { type PageCallsDeps, handOn } from './page-calls.ts';
import { type PageDocument, answerHeaders } from './page-document.ts';
import type { PageKeys } from './page-keys.ts';
import { type PageAddress, addressOf, refusePlace } from './page-place.ts';
import { isPageRoute } from './page-routes.ts';

export interface PageHostDeps extends PageCallsDeps {
  readonly keys: PageKeys;
  readonly readPage: () => PageDocument;
  readonly nowMs: () => number;
  /** A code was changed for a bearer: somebody sits at the page. */
  readonly opened: () => void;
  readonly onInternalError: (cause: unknown) => void;
}

/** The listener of the page: there while somebody uses it, on a port that nobody knows before. */
export interface PageHost extends PagePort {
  /** Closes the listener where nobody has used it for long. */
  look(): Promise<void>;
  /** Ends every page; resolves once nothing listens. */
  end(): Promise<void>;
}

export const idleMs: number = 15 * 60_000;
const lookEveryMs = 15_000;
const arrival = { headersTimeout: 20_000, requestTimeout: 60_000, keepAliveTimeout: 72_000 };
const mostConnections = 128;
const largestCodeBytes = 1024;

interface Listening {
  readonly server: Server;
  readonly address: PageAddress;
  readonly document: PageDocument;
  readonly timer: NodeJS.Timeout;
  usedAtMs: number;
  /** Answers to the page that have not come to their end: streams, for the most part. */
  underWay: number;
}

export function createPageHost(deps: PageHostDeps): PageHost {
  let listening: Promise<Listening> | undefined;

  async function end(): Promise<void> {
    const ending = listening;
    listening = undefined;
    deps.keys.forget();
    if (ending !== undefined) {
      const { server, timer } = await ending;
      clearInterval(timer);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    }
  }

  async function look(): Promise<void> {
    const one = await listening;
    if (one !== undefined && one.underWay === 0) {
      const untilMs = Math.max(one.usedAtMs + idleMs, deps.keys.waitsUntilMs());
      await (untilMs <= deps.nowMs() ? end() : undefined);
    }
  }

  async function address(): Promise<PageAddress> {
    const one = (listening ??= listen(deps, look));
    const { address: found } = await one;
    // It may have been closed for want of use while it was asked for.
    return listening === one ? found : address();
  }

  return {
    ...{ look, end },
    async open() {
      try {
        const { origin } = await address();
        const { code, untilMs } = deps.keys.newCode();
        return ok({ url: `${origin}/#${code}`, expiresAt: new Date(untilMs).toISOString() });
      } catch (cause) {
        listening = undefined;
        deps.onInternalError(cause);
        return err({ kind: 'failed', message: `The page cannot be shown: ${(cause as Error).message}` });
      }
    },
  };
}

async function listen(deps: PageHostDeps, look: () => Promise<void>): Promise<Listening> {
  const document = deps.readPage();
  const server = createServer(arrival);
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const listening: Listening = {
    ...{ server, document, usedAtMs: deps.nowMs(), underWay: 0 },
    address: addressOf((server.address() as AddressInfo).port),
    timer: setInterval(() => void look(), lookEveryMs).unref(),
  };
  server.on('request', (request, response) => {
    answer(deps, listening, request, response).catch((cause: unknown) => {
      deps.onInternalError(cause);
      response.destroy();
    });
  });
  return listening;
}

async function answer(
  deps: PageHostDeps,
  listening: Listening,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { address, document } = listening;
  const { method = '', url = '' } = request;
  const refused = refusePlace(address, request);
  if (refused !== undefined) {
    refuse(response, refused);
  } else if (method === 'GET' && url === '/') {
    response.writeHead(200, document.headers).end(document.html);
  } else if (method === 'POST' && url === '/login') {
    await login(deps, request, response);
  } else {
    await call(deps, listening, request, response);
  }
}

/** Changes a code for a bearer, once. */
async function login(deps: PageHostDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = parseJsonText(await shortText(request));
  const code = body.ok && isJsonObject(body.value) ? body.value['code'] : undefined;
  const token = typeof code === 'string' ? deps.keys.redeem(code) : undefined;
  if (token === undefined) {
    refuse(
      response,
      problem(401, 'This address was used already, or is older than a minute. Open another: sourcesync ui'),
    );
    return;
  }
  deps.opened();
  response.writeHead(200, { ...answerHeaders, 'content-type': 'application/json' }).end(JSON.stringify({ token }));
}

async function call(
  deps: PageHostDeps,
  listening: Listening,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = request;
  const bearer = bearerOf(request.headers);
  if (bearer === undefined || !deps.keys.holds(bearer)) {
    refuse(response, problem(401, 'This page has ended. Open another: sourcesync ui'));
    return;
  }
  if (!isPageRoute(method, url)) {
    refuse(response, problem(404, 'The page has no such call.'));
    return;
  }
  listening.underWay += 1;
  response.once('close', () => {
    listening.underWay -= 1;
    listening.usedAtMs = deps.nowMs();
  });
  const failed = await handOn(deps, request, response);
  if (failed !== undefined) {
    refuse(response, failed);
  }
}

function refuse(response: ServerResponse, { status, body }: Problem): void {
  // What was not read of the request is nobody's next one.
  response
    .writeHead(status, { ...answerHeaders, 'content-type': 'application/problem+json', connection: 'close' })
    .end(JSON.stringify(body));
}

async function shortText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += (chunk as Buffer).toString('latin1');
    if (text.length > largestCodeBytes) {
      return '';
    }
  }
  return text;
}
