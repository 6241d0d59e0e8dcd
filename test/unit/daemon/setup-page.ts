import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ownerKey } from '../../../src/daemon/keys/owner-key.ts';
import { readPage } from '../../../src/daemon/page/page-document.ts';
import { type PageHost, createPageHost } from '../../../src/daemon/page/page-host.ts';
import { createPageKeys } from '../../../src/daemon/page/page-keys.ts';
import { type ApiSetup, setupApi, token } from '../api/setup-api.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const script = 'document.title = "SourceSync";';
export const style = 'body { margin: 0 }';

/** A page over a real API at a real socket; the time by which its codes and its listener end is moved by hand. */
export interface PageSetup extends ApiSetup {
  readonly host: PageHost;
  readonly movable: { nowMs: number };
  /** Times that a code was changed for a bearer. */
  readonly opened: { times: number };
  readonly faults: readonly unknown[];
  /** Types of the events of the channel in the audit chain. */
  readonly audited: () => readonly string[];
}

export interface Opened {
  readonly port: number;
  readonly origin: string;
  readonly code: string;
}

export interface Heard {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export async function setupPage(): Promise<PageSetup> {
  const folder = temporaryFolder();
  const key = ownerKey(folder);
  const setup = setupApi(undefined, key.ok ? { ownerKey: key.value.publicKey } : {});
  setup.clock.nowMs = Date.now() + 1000;
  const [socketPath, built] = [join(folder, 'api.sock'), join(folder, 'index.html')];
  writeFileSync(built, `<!doctype html><style>${style}</style><script type="module">${script}</script>`);
  await setup.api.listen({ path: socketPath });
  const movable = { nowMs: 1_000_000 };
  const opened = { times: 0 };
  const faults: unknown[] = [];
  const nowMs = (): number => movable.nowMs;
  const host = createPageHost({
    ...{ socketPath, token, keysFolder: folder, nowMs, keys: createPageKeys(randomBytes, nowMs) },
    readPage: () => readPage(built),
    opened: () => opened.times++,
    onInternalError: (cause) => faults.push(cause),
  });
  onTestFinished(async () => {
    await host.end();
    await setup.api.close();
  });
  const audited = (): readonly string[] =>
    setup.a.disk.audit
      .read(0, 100)
      .flatMap((event) => (typeof event === 'string' ? [] : [event.eventType]))
      .filter((type) => type.startsWith('sourcechannel.'));
  return { ...setup, host, movable, opened, faults, audited };
}

export async function openPage(host: PageHost): Promise<Opened> {
  const answer = await host.open();
  if (!answer.ok) {
    throw new Error(answer.error.message);
  }
  const { origin, port, hash } = new URL(answer.value.url);
  return { origin, port: Number(port), code: hash.slice(1) };
}

/** As a program sends it, whatever its headers: a browser would not let a page choose Host or Origin. */
export async function send(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const call = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    call.once('error', reject);
    call.end(body);
  });
}

/** The headers that the page's own script sends. */
export function ownHeaders({ origin }: Opened, bearer?: string): Record<string, string> {
  return {
    origin,
    'content-type': 'application/json',
    'sec-fetch-site': 'same-origin',
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
}

export async function logIn(page: Opened): Promise<string> {
  const answer = await send(page.port, 'POST', '/login', ownHeaders(page), JSON.stringify({ code: page.code }));
  if (answer.status !== 200) {
    throw new Error(`${answer.status}: ${answer.body}`);
  }
  return (JSON.parse(answer.body) as { token: string }).token;
}
