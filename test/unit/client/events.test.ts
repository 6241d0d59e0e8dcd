import { mkdtempSync, rmSync } from 'node:fs';
import { type RequestListener, type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventBody } from '../../../src/api/types/events.ts';
import { type Client, createClient } from '../../../src/client/client.ts';
import { createEventReader } from '../../../src/client/event-reader.ts';
import { type ApiSetup, keptEvents, setupApi, token } from '../api/setup-api.ts';

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sourcesync-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, 'api.sock');
}

async function serve(path: string, answer: RequestListener): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

async function ofApi(): Promise<ApiSetup & { readonly path: string; readonly client: Client }> {
  const path = socketPath();
  const setup = setupApi();
  await setup.api.listen({ path });
  onTestFinished(async () => setup.api.close());
  return { ...setup, path, client: createClient({ socketPath: path, token }) };
}

async function take(events: AsyncGenerator<EventBody>, count: number): Promise<readonly EventBody[]> {
  const taken: EventBody[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) {
      break;
    }
  }
  return taken;
}

const tell = ({ events }: Pick<ApiSetup, 'events'>, id: string): void => {
  events.add({ type: 'record.changed', data: { collection: 'shell', id } });
};

describe('the stream of events, followed by the client', () => {
  it('OA8 goes on behind the event that was named, and the next one comes as it happens', async () => {
    const { client, events } = await ofApi();
    for (const id of ['a', 'b', 'c']) {
      tell({ events }, id);
    }
    const followed = client.events({ after: 1 });
    const [b, c] = [await followed.next(), await followed.next()];
    tell({ events }, 'd');
    const d = await followed.next();
    expect([b, c, d].map(({ value }) => [value?.id, value?.data['id']])).toEqual([
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
    ]);
    expect(b.value).toMatchObject({ type: 'record.changed', data: { at: '2026-01-01T00:00:00.000Z' } });
    await followed.return();
  });

  it('OA8 what is no longer kept is a gap', async () => {
    const { client, events } = await ofApi();
    for (let count = 0; count < keptEvents + 2; count += 1) {
      tell({ events }, `r${count}`);
    }
    const [gap, next] = await take(client.events({ after: 1 }), 2);
    expect(gap).toEqual({ id: null, type: 'gap', data: { after: 1 } });
    expect(next?.id).toBe(3);
  });

  it('OA8 comes back by itself where the connection breaks or nobody answers, and misses nothing', async () => {
    const path = socketPath();
    const asked: (string | undefined)[] = [];
    const answers: RequestListener = (request, response) => {
      const { 'last-event-id': lastId } = request.headers as Record<string, string | undefined>;
      asked.push(lastId);
      if (asked.length === 2) {
        response.writeHead(423, { 'content-type': 'application/problem+json' }).end('{"detail":"locked"}');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const id = Number(lastId ?? 0) + 1;
      response.write(`: connected\n\nid: ${id}\nevent: record.changed\ndata: {"id":"r${id}"}\n\n`, () => {
        // Breaks in the middle of an event.
        response.write(`id: ${id + 1}\nevent: rec`, () => response.destroy());
      });
    };
    await serve(path, answers);
    const client = createClient({ socketPath: path, token });
    const taken = await take(client.events(), 3);
    expect(taken.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, '1', '1', '2']);
  });

  it('OA8 comes to a daemon that is not there yet', async () => {
    const path = socketPath();
    const followed = createClient({ socketPath: path, token }).events();
    const first = followed.next();
    await serve(path, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('id: 7\nevent: key.rotated\ndata: {}\n\n');
    });
    expect((await first).value).toEqual({ id: 7, type: 'key.rotated', data: {} });
    await followed.return();
  });

  it('OA8 a stream that broke before any event is a gap: nobody can say what was missed', async () => {
    const path = socketPath();
    let times = 0;
    await serve(path, (_request, response) => {
      times += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(times === 1 ? ': connected\n\n' : 'id: 4\nevent: key.rotated\ndata: {}\n\n', () => response.end());
    });
    const taken = await take(createClient({ socketPath: path, token }).events(), 2);
    expect(taken.map(({ type, id }) => [type, id])).toEqual([
      ['gap', null],
      ['key.rotated', 4],
    ]);
  });

  it('OA8 who is refused is told so, with the problem as the cause', async () => {
    const { path } = await ofApi();
    const stranger = createClient({ socketPath: path, token: 'another' }).events();
    await expect(stranger.next()).rejects.toMatchObject({
      message: expect.stringContaining('Send the token of this home'),
      cause: { status: 401 },
    });
  });

  it('OA8 ends by its signal, while it waits and before it begins', async () => {
    const { client } = await ofApi();
    const ending = new AbortController();
    const followed = client.events({ signal: ending.signal });
    const next = followed.next();
    ending.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await client.events({ signal: AbortSignal.abort() }).next()).toEqual({ done: true, value: undefined });
  });
});

describe('events as text', () => {
  it('are read wherever the text is cut, without comments', () => {
    const text = ': connected\n\nid: 1\nevent: record.changed\ndata: {"id":"ä"}\n\nevent: gap\ndata: {"after":1}\n\n';
    for (let cut = 0; cut <= text.length; cut += 1) {
      const read = createEventReader();
      expect([...read(text.slice(0, cut)), ...read(text.slice(cut))]).toEqual([
        { id: 1, type: 'record.changed', data: { id: 'ä' } },
        { id: null, type: 'gap', data: { after: 1 } },
      ]);
    }
  });
});
