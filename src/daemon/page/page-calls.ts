import { type IncomingMessage, type ServerResponse, request as httpRequest } from 'node:http';
import { type Problem, problem } from '../../api/answers/problem.ts';
import { envelopeHeader } from '../../api/answers/raw-body.ts';
import { commandOfCall } from '../../api/types/privileged.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { callsOf } from '../../client/call.ts';
import { sealAsOwner } from '../keys/seal-call.ts';
import { answerHeaders } from './page-document.ts';

export interface PageCallsDeps {
  /** Of the local API: the page is one more client of it, with the rights of the owner at the socket. */
  readonly socketPath: string;
  readonly token: string;
  /** Folder of the key that signs privileged calls. */
  readonly keysFolder: string;
}

/** The page says with it that its person confirmed this command, and not another. */
export const confirmedHeader = 'sourcesync-confirmed';

const handedOn = ['content-type', 'if-match', 'if-none-match', 'last-event-id'] as const;
const handedBack = ['content-type', 'etag'] as const;
const largestBodyBytes = 16 * 1024 * 1024;

/** Hands a call of the page on to the local API, and its answer back, as it comes. */
export async function handOn(
  deps: PageCallsDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Problem | undefined> {
  const { method = 'GET', url = '/' } = request;
  const body = method === 'GET' ? Buffer.alloc(0) : await bodyOf(request);
  if (body === undefined) {
    return problem(413, 'The body is too large.');
  }
  const envelope = await envelopeOf(deps, { method, url, body, confirmed: request.headers[confirmedHeader] });
  if (!envelope.ok) {
    return envelope.error;
  }
  return exchange(deps, { request, response, body, envelope: envelope.value });
}

interface Call {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
  readonly confirmed: string | string[] | undefined;
}

/** Signed with the owner's key, for what the person confirmed alone; empty where none is needed. */
async function envelopeOf(
  { socketPath, token, keysFolder }: PageCallsDeps,
  { method, url, body, confirmed }: Call,
): Promise<Result<Record<string, string>, Problem>> {
  const command = commandOfCall(method, url);
  if (command === undefined) {
    return ok({});
  }
  if (confirmed !== command) {
    return err(problem(403, `Nothing was done: a person confirms ${command} on the page first.`));
  }
  const channel = await callsOf({ socketPath, token }).ask('GET /v1/channel');
  if (!channel.ok) {
    return err(unanswered);
  }
  const sealed = sealAsOwner(
    keysFolder,
    { command, method, path: url, body: body.toString('utf8'), channel: channel.value },
    'confirmed on the page',
  );
  return sealed.ok ? ok({ [envelopeHeader]: sealed.value }) : err(problem(403, sealed.error));
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly envelope: Record<string, string>;
}

/** Resolves once the answer has begun; what goes wrong before that is a problem to answer with. */
async function exchange(
  { socketPath, token }: PageCallsDeps,
  { request, response, body, envelope }: Exchange,
): Promise<Problem | undefined> {
  const { method = 'GET', url = '/' } = request;
  return new Promise((resolve) => {
    const call = httpRequest(
      {
        ...{ socketPath, method, path: url },
        headers: {
          ...{ host: 'localhost', authorization: `Bearer ${token}`, ...picked(request.headers, handedOn), ...envelope },
          ...(method === 'GET' ? {} : { 'content-length': body.length }),
        },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, { ...answerHeaders, ...picked(answer.headers, handedBack) });
        // The page learns that a stream has begun before anything happens.
        response.flushHeaders();
        answer.pipe(response);
        answer.once('error', () => response.destroy());
        resolve(undefined);
      },
    );
    call.once('error', () => {
      if (response.headersSent) {
        response.destroy();
      } else {
        resolve(unanswered);
      }
    });
    response.once('close', () => call.destroy());
    call.end(body);
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
    if (sizeBytes > largestBodyBytes) {
      return undefined;
    }
  }
  return Buffer.concat(chunks);
}

function picked(headers: IncomingMessage['headers'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

const unanswered = problem(503, 'The daemon does not answer. See: sourcesync daemon status');
