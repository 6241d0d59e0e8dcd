import type { IncomingMessage } from 'node:http';
import { type Problem, problem } from '../../api/answers/problem.ts';

/** What a listener is called by those who may call it. */
export interface PageAddress {
  readonly host: string;
  readonly origin: string;
}

export type PageRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

export function addressOf(port: number): PageAddress {
  const host = `127.0.0.1:${port}`;
  return { host, origin: `http://${host}` };
}

const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT']);

/**
 * The first question: whether a request comes from the page itself. Host and Origin are each held against the address of
 * the listener, never against each other: under a rebound name those two agree.
 */
export function refusePlace({ host, origin }: PageAddress, request: PageRequest): Problem | undefined {
  const { method = '', headers } = request;
  if (headers.host !== host) {
    return problem(421, `Only http://${host} is served here.`);
  }
  if (!methods.has(method)) {
    return problem(405, 'Only GET, POST and PUT are served here.');
  }
  if (headers.origin === undefined ? method !== 'GET' : headers.origin !== origin) {
    return problem(403, 'Only the page itself may call this address.');
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && !isOpened(request)) {
    return problem(403, 'Only the page itself may call this address.');
  }
  return method === 'GET' || isJson(headers['content-type'])
    ? undefined
    : problem(415, 'Send the body as application/json.');
}

/** A browser that goes to the page by itself: typed, from a terminal, or from the file that opens it. It holds no secret. */
function isOpened({ method, url, headers }: PageRequest): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  return method === 'GET' && url === '/' && mode === 'navigate' && destination === 'document';
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json(;\s*charset=utf-8)?$/i.test(contentType ?? '');
}
