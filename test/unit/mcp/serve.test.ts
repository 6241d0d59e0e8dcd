import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { err } from '../../../src/base/result.ts';
import { createClient } from '../../../src/client/client.ts';
import type { AgentPorts } from '../../../src/mcp/ports.ts';
import { serveAgent } from '../../../src/mcp/serve.ts';

const hello = {
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
};

function call(id: number, name: string, asked: object = {}): object {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: asked } };
}

function served(given: Partial<AgentPorts> = {}): {
  send(line: string | object): void;
  next(): Promise<{
    id: unknown;
    result?: { isError?: boolean; content: { text: string }[] };
    error?: { code: number };
  }>;
  end(): Promise<void>;
  notes: string[];
} {
  const [input, output, notes] = [new PassThrough(), new PassThrough(), [] as string[]];
  const ended = serveAgent(
    {
      files: { token: undefined, lease: undefined, agentKey: undefined },
      connect: (token) => createClient({ socketPath: '/nonexistent/api.sock', token: token ?? 'none' }),
      readToken: async (path) => err(`${path} holds no token.`),
      readText: async (path) => err(`${path} cannot be read.`),
      presentLease: async () => ({ exitCode: 1, message: 'not reached' }),
      note: (line) => notes.push(line),
      version: '1.2.3',
      ...given,
    },
    input,
    output,
  );
  let text = '';
  return {
    notes,
    send: (line) => void input.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
    async next() {
      while (!text.includes('\n')) {
        const chunk = (output.read() as Buffer | null) ?? undefined;
        if (chunk === undefined) {
          await new Promise((resolve) => output.once('readable', resolve));
        }
        text += chunk?.toString('utf8') ?? '';
      }
      const line = text.slice(0, text.indexOf('\n'));
      text = text.slice(line.length + 1);
      return JSON.parse(line) as Awaited<ReturnType<ReturnType<typeof served>['next']>>;
    },
    async end() {
      input.end();
      await ended;
    },
  };
}

describe('a server for one agent', () => {
  it('M5 M6 M9 answers what is malformed between calls, each output line one message, and ends with its input', async () => {
    const { send, next, end } = served();
    send(hello);
    expect(await next()).toMatchObject({ id: 1, result: { serverInfo: { name: 'sourcesync', version: '1.2.3' } } });
    send('{"id":5,"n":1e999}');
    expect(await next()).toMatchObject({ id: 5, error: { code: -32700 } });
    send(call(2, 'sync_status'));
    expect(await next()).toMatchObject({ id: 2, result: { structuredContent: { daemon: 'unreachable' } } });
    await end();
  });

  it.each([
    ['a tool that there is none of', 'grant_lease', {}, /not found/],
    ['a member that is not known', 'read_record', { collection: 'a', id: 'b', decide: true }, /decide/],
    [
      'fields that are no object',
      'propose_change',
      { collection: 'a', id: 'b', operation: 'put', fields: [] },
      /fields/,
    ],
    ['an id beyond all bounds', 'read_record', { collection: 'a', id: 'x'.repeat(2000) }, /1024/],
    ['no token', 'read_record', { collection: 'a', id: 'b' }, /clients add/],
    ['a put without fields', 'propose_change', { collection: 'a', id: 'b', operation: 'put' }, /whole record/],
    ['a removal with fields', 'propose_change', { collection: 'a', id: 'b', operation: 'remove', fields: {} }, /Leave/],
  ])('M4 refuses in words: %s', async (_title, name, asked, words) => {
    const { send, next, end } = served();
    send(hello);
    await next();
    send(call(2, name, asked));
    expect(JSON.stringify(await next())).toMatch(words);
    await end();
  });

  it('M8 goes on after a fault inside of a tool, which is told on standard error alone', async () => {
    const files = { token: 'a', lease: undefined, agentKey: undefined };
    const readToken = async (): Promise<never> => Promise.reject(new Error('broken disk'));
    const { send, next, end, notes } = served({ files, readToken });
    send(hello);
    await next();
    send(call(2, 'search_records'));
    expect(await next()).toMatchObject({ id: 2, result: { isError: true } });
    expect(notes).toEqual([expect.stringContaining('broken disk')]);
    send(call(3, 'sync_status'));
    expect(await next()).toMatchObject({ id: 3 });
    await end();
  });
});
