import { request as httpRequest } from 'node:http';
import type { Routes } from '../api/surface/routes.ts';
import type { ChannelBody } from '../api/types/channel.ts';
import { type PrivilegedCommand, commandOfCall } from '../api/types/privileged.ts';
import type { ProblemBody } from '../api/types/bodies.ts';
import { type Result, err, ok } from '../base/result.ts';

/** Why a call gave no answer: nobody listens, or the daemon said no. */
export type ClientFault =
  | {
      readonly kind: 'unreachable';
      readonly message: string;
      /** Nothing listens at the socket; false where something does, and gave no answer. */
      readonly isNobody: boolean;
    }
  | { readonly kind: 'problem'; readonly problem: ProblemBody };

export type Answer<T> = Promise<Result<T, ClientFault>>;

export interface ClientOptions {
  /** Unix socket of the daemon. */
  readonly socketPath: string;
  /** Content of the home's token file. */
  readonly token: string;
  /** Give up after this; 60 seconds unless told. */
  readonly timeoutMs?: number;
  /** Signs the envelope of a privileged call; without it such calls are refused. */
  readonly seal?: (call: CallToSeal) => Promise<Result<string, string>>;
}

/** A privileged call that needs an envelope: the header's text, or in words why there is none. */
export interface CallToSeal {
  readonly command: PrivilegedCommand;
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** The exact text that is sent; empty for none. */
  readonly body: string;
  /** What the envelope must name. */
  readonly channel: ChannelBody;
}

/** The names between `/:` and `/` of a path. */
type NamesIn<Path extends string> = Path extends `${string}/:${infer Name}/${infer Rest}`
  ? Name | NamesIn<`/${Rest}`>
  : Path extends `${string}/:${infer Name}`
    ? Name
    : never;

type Given<R extends keyof Routes, Part extends string> = Routes[R] extends Readonly<Record<Part, infer V>> ? V : never;

/** What a call of a route needs beside its name: what stands in its path, and its body where it takes one. */
type Asked<R extends keyof Routes> = ([NamesIn<R>] extends [never]
  ? unknown
  : { readonly path: Readonly<Record<NamesIn<R>, string>> }) &
  ([Given<R, 'body'>] extends [never] ? unknown : { readonly body: Given<R, 'body'> }) & {
    readonly query?: Given<R, 'query'>;
    readonly headers?: Given<R, 'headers'>;
  };

interface AskedOfAny {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly headers?: object;
  readonly body?: object;
}

/** Calls a route: what it takes and answers are its types, so that a call of what is not there does not compile. */
export interface Calls {
  ask<R extends keyof Routes>(
    route: R,
    ...asked: object extends Asked<R> ? [asked?: Asked<R>] : [asked: Asked<R>]
  ): Answer<Routes[R]['answer']>;
}

const octets = 'application/octet-stream';
const defaultTimeoutMs = 60_000;

export function callsOf(options: ClientOptions): Calls {
  return { ask: async (route, ...asked) => ask(options, route, (asked[0] ?? {}) as AskedOfAny) };
}

async function ask<T>(
  options: ClientOptions,
  route: keyof Routes,
  { path: named = {}, query = {}, headers = {}, body }: AskedOfAny,
): Answer<T> {
  const [method, pattern] = route.split(' ') as [string, string];
  const path = pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(named[name] as string));
  // A call without anything to say still says so in JSON: what has effects is never made by a form of a web page.
  const content = body instanceof Uint8Array ? body : textOf(method, body);
  return call(options, method, path + queryText(query), content, headers as Record<string, string>);
}

function textOf(method: string, body: object | undefined): string | undefined {
  return body === undefined && method !== 'POST' ? undefined : JSON.stringify(body ?? {});
}

export function ifMatch(version?: string): Record<string, string> {
  return version === undefined ? {} : { 'if-match': `"${version}"` };
}

function queryText(query: object): string {
  const text = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return text === '' ? '' : `?${text}`;
}

async function call<T>(
  options: ClientOptions,
  method: string,
  path: string,
  content: string | Uint8Array | undefined,
  headers: Record<string, string>,
): Answer<T> {
  // An envelope is over text: bytes are documents, and no collection of those asks for an authority.
  const sealed = content instanceof Uint8Array ? ok({}) : await envelopeHeaders(options, method, path, content ?? '');
  return sealed.ok ? exchange(options, method, path, content, { ...headers, ...sealed.value }) : sealed;
}

/** Asks what an envelope must name, and has it signed; no headers for a call that needs none. */
async function envelopeHeaders(
  options: ClientOptions,
  method: string,
  path: string,
  body: string,
): Promise<Result<Record<string, string>, ClientFault>> {
  const command = options.seal && commandOfCall(method, path);
  if (options.seal === undefined || command === undefined) {
    return ok({});
  }
  const channel = await exchange<ChannelBody>(options, 'GET', '/v1/channel', undefined, {});
  if (!channel.ok) {
    return channel;
  }
  const sealed = await options.seal({ command, method, path, body, channel: channel.value });
  return sealed.ok ? ok({ 'sourcesync-envelope': sealed.value }) : err(unsealed(sealed.error));
}

async function exchange<T>(
  options: ClientOptions,
  method: string,
  path: string,
  content: string | Uint8Array | undefined,
  headers: Record<string, string>,
): Answer<T> {
  return new Promise((resolve) => {
    const unreachable = (cause: Error): void => {
      resolve(err(unreachableFault(options.socketPath, cause)));
    };
    const request = httpRequest(
      {
        socketPath: options.socketPath,
        method,
        path,
        headers: {
          host: 'localhost',
          authorization: `Bearer ${options.token}`,
          ...(content === undefined
            ? {}
            : {
                'content-type': typeof content === 'string' ? 'application/json' : octets,
                'content-length': Buffer.byteLength(content),
              }),
          ...headers,
        },
        timeout: options.timeoutMs ?? defaultTimeoutMs,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', unreachable);
        response.on('end', () => {
          resolve(
            readAnswer<T>(response.statusCode ?? 0, response.headers['content-type'] ?? '', Buffer.concat(chunks)),
          );
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', unreachable);
    request.end(content);
  });
}

function unreachableFault(socket: string, cause: NodeJS.ErrnoException): ClientFault {
  if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED') {
    const message = `No daemon runs for this home (nobody listens at ${socket}).`;
    return { kind: 'unreachable', message, isNobody: true };
  }
  return {
    kind: 'unreachable',
    message: `The daemon does not answer at ${socket} (${cause.message}).`,
    isNobody: false,
  };
}

function readAnswer<T>(status: number, contentType: string, body: Buffer): Result<T, ClientFault> {
  if (contentType === octets && status < 400) {
    return ok(new Uint8Array(body) as T);
  }
  const text = body.toString('utf8');
  if (!contentType.includes('json')) {
    return status >= 400 ? err(foreignAnswer(status)) : ok(text as T);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(foreignAnswer(status));
  }
  return contentType.startsWith('application/problem+json') || status >= 500
    ? err({ kind: 'problem', problem: value as ProblemBody })
    : ok(value as T);
}

/** The key that would sign is not to be used: as if the home were locked. */
function unsealed(detail: string): ClientFault {
  return { kind: 'problem', problem: { type: 'about:blank', title: 'The call cannot be signed', status: 401, detail } };
}

/** What listens is no daemon of this version. */
function foreignAnswer(status: number): ClientFault {
  const detail =
    'What answers at the socket of the daemon is not understood. Restart the daemon so that it has the version of this command.';
  return { kind: 'problem', problem: { type: 'about:blank', title: 'The answer is not understood', status, detail } };
}
