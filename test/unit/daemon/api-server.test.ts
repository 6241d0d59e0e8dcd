import { renameSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { once } from 'node:events';
import { type Server, connect, createServer } from 'node:net';
import { join } from 'node:path';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApiServer } from '../../../src/daemon/wire/api-server.ts';
import { keepSocket } from '../../../src/daemon/ground/keep-socket.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a request is answered that is never completed. */
async function answerTo(text: string): Promise<string> {
  const api = fastify();
  api.post('/', () => 'never');
  await api.ready();
  const server = createApiServer(() => api, { headMs: 100, wholeMs: 200 });
  const path = join(temporaryFolder(), 'api', 'socket');
  expect(await server.listen(path)).toBe(true);
  onTestFinished(async () => server.close());
  const socket = connect({ path });
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return heard;
}

it.each([
  ['a connection that says nothing', ''],
  ['a head that never ends', 'POST / HTTP/1.1\r\nhost: local\r\n'],
  [
    'a body that never ends',
    'POST / HTTP/1.1\r\nhost: local\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  ],
])('12a %s is ended', async (_name, text) => {
  expect(await answerTo(text)).toContain('408');
});

describe('12 a socket that was left', () => {
  const listening = async (path: string): Promise<Server> => {
    const held = createServer((socket) => socket.on('error', () => undefined).resume()).listen(path);
    await once(held, 'listening');
    return held;
  };

  it('stays with whoever answers there', async () => {
    const path = join(temporaryFolder(), 'socket');
    const held = await listening(path);
    onTestFinished(() => void held.close());
    expect(await createApiServer(() => fastify()).listen(path)).toBe(false);
    expect(held.listening).toBe(true);
    expect(statSync(path).isSocket()).toBe(true);
  });

  it('is removed where nobody does', async () => {
    const path = join(temporaryFolder(), 'socket');
    const held = await listening(`${path}.first`);
    // What a process that was killed leaves: closing would remove it by the name that it was made under.
    renameSync(`${path}.first`, path);
    held.close();
    await once(held, 'close');
    expect(statSync(path).isSocket()).toBe(true);
    const server = createApiServer(() => fastify());
    expect(await server.listen(path)).toBe(true);
    await server.close();
  });
});

describe('a socket that somebody removed', () => {
  async function listening() {
    const api = fastify();
    api.get('/', () => 'here');
    await api.ready();
    const server = createApiServer(() => api);
    const folder = join(temporaryFolder(), 'run');
    const path = join(folder, 'socket');
    expect(await server.listen(path)).toBe(true);
    return { server, folder, path };
  }
  const ask = async (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath: path, path: '/' }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
      asked.on('error', reject).end();
    });

  it.each([
    ['alone', false],
    ['with its folder', true],
  ])('12a %s is there again, for its owner alone, and goes when the daemon does', async (_name, whole) => {
    const { server, folder, path } = await listening();
    expect(await server.restore()).toBe('kept');
    rmSync(whole ? folder : path, { recursive: true });
    expect(await server.restore()).toBe('restored');
    expect(await ask(path)).toBe('here');
    expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
    await server.close();
    expect(await server.restore()).toBe('kept');
    await expect(ask(path)).rejects.toThrow();
  });

  it('12a is noticed by itself', async () => {
    const { server, path } = await listening();
    const said = new Promise<string>((resolve) => {
      const end = keepSocket(
        server,
        path,
        {
          warn: (_facts: unknown, message?: string) => {
            end();
            resolve(String(message));
          },
          error: () => undefined,
        },
        () => undefined,
      );
    });
    rmSync(path);
    expect(await said).toBe('the socket of the API was gone, and is there again');
    expect(await ask(path)).toBe('here');
    await server.close();
  });

  it('30. and at which another daemon answers: the one that nobody reaches any more ends', async () => {
    const { server, path } = await listening();
    const taken = new Promise<void>((resolve) => {
      const log = { warn: () => undefined, error: () => undefined };
      const end = keepSocket(server, path, log, () => {
        end();
        resolve();
      });
    });
    const other = createServer().listen(`${path}.other`);
    await once(other, 'listening');
    renameSync(`${path}.other`, path);
    await taken;
    other.close();
    await server.close();
  });
});
