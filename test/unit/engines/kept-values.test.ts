import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { isOfThisMachine } from '../../../engines/agents/places/of-this-machine.ts';
import { serverRecords } from '../../../engines/agents/places/server-unit.ts';
import { mcpPlaces } from '../../../engines/agents/places/mcp-servers.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import { surroundings, unitsIn } from './place-files.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const { unitIn, next } = serverRecords('cursor', '/home/ann');
const textOf = (server: JsonValue): string | undefined => unitIn('x', server)?.text;
const local = { $local: true };

describe('values of a server', () => {
  it.each([
    [{ env: { A: 'x', B: '${env:B}', C: '$C', D: '' } }, { env: { A: local, B: '${env:B}', C: '$C', D: local } }],
    [{ env: { A: 1, B: null, C: ['x'] } }, { env: { A: local, B: local, C: local } }],
    [{ headers: { Authorization: 'Bearer ${TOKEN}' } }, { headers: { Authorization: 'Bearer ${TOKEN}' } }],
    [{ headers: { Authorization: 'Bearer abc' } }, { headers: { Authorization: local } }],
    [{ environment: { A: '{env:A}' } }, { environment: { A: '{env:A}' } }],
    [{ env: { A: '${A:-hunter2}' } }, { env: { A: local } }],
    [{ env_http_headers: { Authorization: 'MY_TOKEN' } }, { env_http_headers: { Authorization: 'MY_TOKEN' } }],
  ] as const)('6 stay here, their names travel: %j', (server, shared) => {
    expect(JSON.parse(textOf(server as never) ?? 'null')).toEqual(shared);
  });

  it.each([
    { env: 'A=b' },
    { env: ['A=b'] },
    { Env: { A: 'hunter2' } },
    { command: { path: 'x', env: { A: 'hunter2' } } },
    { http: { headers: { A: 'hunter2' } } },
    { settings: { api_key: 'hunter2' } },
    { oauth: { clientSecret: 'hunter2' } },
    { bearer_token: 'hunter2' },
    { args: ['--token', 'hunter2'] },
    { args: ['--api-key=hunter2'] },
    { args: ['-e', 'DOCS_KEY=hunter2'] },
    { args: ['--header', 'X-API-Key: hunter2'] },
    { args: ['postgres://ann:hunter2@db/x'] },
    { url: 'https://ann:hunter2@a.example' },
    { url: 'https://a.example/mcp?api_key=hunter2' },
    { url: 'https://a.example/s/Nz9hYmNkZWZnaGlqa2xtbm9w/mcp' },
    { args: [`sk-ant-${'x'.repeat(20)}`] },
    { args: ['/home/ann/x'] },
    { args: ['/Users/ben/x'] },
    { args: ['C:\\Users\\ben\\x'] },
    { cwd: 'file:///home/ann' },
    [],
    null,
    'x',
  ] as readonly JsonValue[])('6 that stand elsewhere keep the server here: %j', (server) => {
    expect(textOf(server)).toBeUndefined();
  });

  it.each([
    { args: ['-y', '@modelcontextprotocol/server-filesystem@2025.11.25', '/srv'] },
    { args: ['--from', `git+https://github.com/a/b@${'0a'.repeat(20)}`, 'x'] },
    { args: ['run', `a/b@sha256:${'0a'.repeat(32)}`] },
    { args: ['mcp-remote', 'https://a.example', '--header', 'Authorization:${AUTH}'] },
    { args: ['-e', 'DOCS_KEY', '--max-tokens', '100', '--key-file', '~/key'] },
    { url: 'https://mcp.linear.app/sse' },
    { env: {}, headers: {} },
    { bearer_token_env_var: 'GITHUB_TOKEN', timeout: 3 },
  ] as readonly JsonValue[])('6 none is seen where there is none: %j', (server) => {
    expect(textOf(server)).toBeDefined();
  });

  it('6 are written from this file, or empty, and to no other receiver', () => {
    const unit = (server: JsonObject): string => JSON.stringify(server);
    const here = { command: 'x', env: { A: 'mine' } };
    expect(next(unit({ command: 'x', env: { A: local, B: local } }), here)?.['env']).toEqual({ A: 'mine', B: '' });
    expect(next(unit({ command: 'y', env: { A: local } }), here)).toBeUndefined();
    expect(next(unit({ command: 'y', env: {} }), here)).toEqual({ command: 'y', env: {} });
    expect(next(unit({ command: 'y', env: { A: local } }), undefined)).toEqual({ command: 'y', env: { A: '' } });
    const fetched = { command: 'npx', args: ['-y', 'docs@1'], env: { A: 'mine' } };
    for (const other of [
      { args: ['-y', 'evil@1'] },
      { args: ['-y', 'docs@npm:evil@1'] },
      { args: ['-y', 'docs@10.0.0.1'] },
      { args: [] },
      { cwd: '/tmp/x' },
    ]) {
      expect(next(unit({ ...fetched, ...other, env: { A: local } }), fetched)).toBeUndefined();
    }
    expect(next(unit({ ...fetched, args: ['-y', 'docs@1.0.2'], env: { A: local } }), fetched)).toBeDefined();
    expect(next(unit({ ...fetched, timeout: 3, env: { A: local } }), fetched)?.['env']).toEqual({ A: 'mine' });
    const remote = { url: 'https://a.example/x', headers: { A: 'mine' } };
    const same = { url: 'https://a.example/y', headers: { A: local } };
    expect(next(unit(same), remote)?.['headers']).toEqual({ A: 'mine' });
    for (const url of ['https://b.example/x', 'http://a.example/x', 'https://a.example:8443/x', 'a.example']) {
      expect(next(unit({ url, headers: { A: local } }), remote)).toBeUndefined();
    }
  });

  it('6 of an own server of this machine are not written over', async () => {
    const codec = await mcpPlaces[0]?.open(surroundings);
    const text = '{"mcpServers":{"x":{"command":"/home/ann/x"}}}';
    expect(codec && textWith(codec, text, 'cursor/mcp/x', utf8('{"command":"y"}'))).toBeUndefined();
  });

  it('8 comments within a server stay where one of its members changes', async () => {
    const codec = await mcpPlaces[0]?.open(surroundings);
    const text = '{"mcpServers":{"x":{\n  // mine\n  "command": "x",\n  "env": {"A": "b" /* key */}, "timeout": 1}}}';
    const [[id, unit] = ['', '']] = codec ? unitsIn(codec, text) : [];
    const longer = unit.replace('"timeout":1', '"timeout":2');
    expect(codec && textWith(codec, text, id, utf8(longer))).toBe(text.replace('"timeout": 1', '"timeout": 2'));
  });

  it('6 a long text is looked through in a moment, whatever is in it', () => {
    const pieces = ['-', 'a-', 'eyJ-', '://:', 'token', 'key=', 'bearer ', '@', '/home', 'A1', ':\\Users', '"', '${'];
    for (const piece of pieces) {
      const startedMs = processorMs();
      isOfThisMachine(piece.repeat(1_000_000 / piece.length), '/home/ann');
      expect(processorMs() - startedMs, piece).toBeLessThan(2000);
    }
  });
});
