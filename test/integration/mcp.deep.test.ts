import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrantedBody, LeaseBody } from '../../src/api/types/leases.ts';
import type { RecordBody } from '../../src/api/types/bodies.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Result } from '../../src/base/result.ts';
import type { ClientFault } from '../../src/client/client.ts';
import { type McpAgent, startAgent } from '../helpers/mcp-agent.ts';
import { type Home, type Stage, openStage, until } from '../helpers/processes.ts';

const agentHolds = ['records.read', 'records.propose', 'reviews.read', 'engines.read', 'leases.read'];
const hidden = 'ls\u001b[2J\u202e\u{e0041}';
const profile = { kind: 'file', name: 'profile', body: 'export EDITOR=vi\n' };

let stage: Stage;
let home: Home;
let token: string;
const agents: McpAgent[] = [];

beforeAll(async () => {
  stage = await openStage();
  home = stage.home('desk');
  await home.json('init', '--label', 'desk', '--yes');
  await home.startDaemon();
  for (const engine of ['shell', 'notes', 'agents']) {
    await home.json('engines', 'enable', engine);
  }
  token = await client('helper', agentHolds, ['shell', 'notes', 'agents', 'secrets']);
  await put('shell', '.profile', profile);
  await put('shell', '.hidden', { ...profile, body: hidden });
  await put('shell', '.long', { ...profile, body: 'long '.repeat(30_000) });
  const secret = join(stage.root, 'secret');
  writeFileSync(secret, 'correct horse battery staple');
  await home.run('secrets', 'set', 'pass', '--file', secret);
});

afterAll(async () => {
  await Promise.all(agents.map(async (agent) => agent.close()));
  await stage.close();
});

describe('tools and leases', () => {
  const calls = [
    ['search_records', { query: 'editor', collection: 'shell' }],
    ['read_record', { collection: 'shell', id: '.profile' }],
    ['explain_record', { collection: 'shell', id: '.profile' }],
    ['propose_change', { collection: 'shell', id: '.new', operation: 'put', fields: profile }],
    ['list_my_proposals', { collection: 'shell' }],
  ] as const;
  const leases: readonly [title: string, lease: () => Promise<readonly string[]>, refusal: RegExp | null][] = [
    ['no lease', async () => [], /no lease.*lease grant/],
    ['a lease for another collection', async () => granted('notes-only', 'notes'), /do not reach the collection shell/],
    ['a lease that expired', expired, /expired at .*lease grant/],
    ['a lease that was revoked', revoked, /was revoked.*lease grant/],
    ['the right lease', async () => granted('right', 'shell'), null],
  ];

  it.each(leases)('M2 %s', async (_title, lease, refusal) => {
    const agent = await started(['--token-file', token, ...(await lease())]);
    for (const [tool, asked] of calls) {
      const said = await agent.call(tool, asked);
      expect([tool, said.isError, said.isError && refusal?.test(said.text)]).toEqual([
        ...[tool, refusal !== null, refusal !== null],
      ]);
    }
    const status = await agent.call('sync_status');
    expect(status).toMatchObject({ isError: false, data: { daemon: 'ready', client: 'helper' } });
  });
});

describe('an agent with the right lease', () => {
  it('M4 proposes, waits in the queue under the name of its lease whatever it calls itself, and is live after accept', async () => {
    const flags = ['--token-file', token, ...(await granted('writer', 'shell'))];
    const agent = await started(flags, { name: 'urn:srcos:user:owner' });
    const patch = { collection: 'shell', id: '.profile', operation: 'patch', fields: { body: 'export EDITOR=nano\n' } };
    const said = await agent.call('propose_change', patch);
    const { proposal } = said.data as { proposal: string };
    const { items } = given(await home.client().reviews());
    expect(items.find(({ id }) => id === proposal)).toMatchObject({ author: 'urn:srcos:agent:writer' });
    expect((await get('shell', '.profile')).fields).toMatchObject(profile);
    expect(await agent.call('list_my_proposals')).toMatchObject({ data: { items: [{ proposal, status: 'open' }] } });
    await home.json('reviews', 'accept', proposal);
    expect((await get('shell', '.profile')).fields).toMatchObject({ body: 'export EDITOR=nano\n' });
    expect(await agent.call('list_my_proposals')).toMatchObject({
      data: { items: [{ proposal, status: 'accepted' }] },
    });
    const anew = await started(flags);
    expect(await anew.call('list_my_proposals')).toMatchObject({ data: { items: [{ proposal, status: 'accepted' }] } });
  });

  it('M4 proposes also where a collection would take its writes at once', async () => {
    const agent = await started(['--token-file', token, ...(await granted('maker', 'agents'))]);
    const note = { collection: 'agents', id: 'one', operation: 'put', fields: { name: 'one' } };
    const said = await agent.call('propose_change', note);
    expect([said.isError, said.text]).toEqual([false, expect.stringContaining('Proposed as')]);
    expect((await get('agents', 'one')).state).toBe('absent');
    await home.json('lease', 'approve', (said.data as { proposal: string }).proposal);
    expect(await get('agents', 'one')).toMatchObject({ fields: { name: 'one' }, state: 'live' });
    const again = await agent.call('propose_change', note);
    expect(again).toMatchObject({ isError: false, data: { proposal: null } });
    const removal = await agent.call('propose_change', { collection: 'agents', id: 'one', operation: 'remove' });
    expect([removal.isError, (await get('agents', 'one')).state]).toEqual([false, 'live']);
  });

  it('M4 is told that shared documents take no change under a lease', async () => {
    const agent = await started(['--token-file', token, ...(await granted('noter', 'notes'))]);
    const note = { collection: 'notes', id: 'todo.md', operation: 'put', fields: { kind: 'note', text: 'milk' } };
    const said = await agent.call('propose_change', note);
    expect([said.isError, said.text]).toEqual([true, expect.stringContaining('letter by letter')]);
  });

  it('M3 reaches no secret and no other scope, though its token could name them', async () => {
    const agent = await started(['--token-file', token, ...(await granted('curious'))]);
    for (const tool of ['read_record', 'explain_record', 'propose_change'] as const) {
      const more = tool === 'propose_change' ? { operation: 'put', fields: { value: 'x' } } : {};
      const said = await agent.call(tool, { collection: 'secrets', id: 'pass', ...more });
      expect([tool, said.isError, said.text]).toEqual([tool, true, expect.stringContaining('no agent')]);
    }
    const found = await agent.call('search_records', { query: 'pass' });
    expect(JSON.stringify(found.data)).not.toContain('secrets');
    const note = await agent.call('read_record', { collection: 'notes', id: 'todo.md' });
    expect([note.isError, note.text]).toEqual([true, expect.stringContaining('do not reach the collection notes')]);
  });

  it('M6 is shown what nobody would see as escapes, and reads a long record in parts', async () => {
    const agent = await started(['--token-file', token, ...(await granted('reader', 'shell'))]);
    const shown = await agent.call('read_record', { collection: 'shell', id: '.hidden' });
    expect(shown.text).toContain('ls\\u001b[2J\\u202e\\udb40\\udc41');
    expect(shown.data).toMatchObject({ fields: { body: hidden } });
    let [text, offset]: [string, number | null] = ['', 0];
    while (offset !== null) {
      const said = await agent.call('read_record', { collection: 'shell', id: '.long', offset });
      const { part } = said.data as { part: { text: string; nextOffset: number | null } };
      expect(said.text.length).toBeLessThan(120_000);
      text += part.text;
      offset = part.nextOffset;
    }
    expect(JSON.parse(text)).toMatchObject({ body: 'long '.repeat(30_000) });
    const first = await agent.call('search_records', { limit: 2 });
    const { items, nextCursor } = first.data as { items: { id: string }[]; nextCursor: string };
    const rest = await agent.call('search_records', { cursor: nextCursor });
    const ids = [...items, ...(rest.data as { items: { id: string }[] }).items].map(({ id }) => id);
    expect(ids.sort()).toEqual(['.hidden', '.long', '.profile']);
    expect(await agent.call('search_records', { cursor: 'WyJzZWNyZXRzIixudWxsLDBd' })).toMatchObject({ isError: true });
  });

  it('M8 is told in words that the daemon is gone, and goes on once it is back', async () => {
    const agent = await started(['--token-file', token, ...(await granted('patient', 'shell'))]);
    const read = async () => agent.call('read_record', { collection: 'shell', id: '.profile' });
    expect(await read()).toMatchObject({ isError: false });
    await home.killDaemon('SIGKILL');
    expect(await read()).toMatchObject({ isError: true, text: expect.stringContaining('sourcesync daemon start') });
    expect(await agent.call('sync_status')).toMatchObject({ isError: false, data: { daemon: 'unreachable' } });
    await home.startDaemon();
    expect(await read()).toMatchObject({ isError: false });
  });
});

describe('whose power it has', () => {
  it('M1 without a token it asks the person, and reads nothing by that of the home', async () => {
    const agent = await started([]);
    const status = await agent.call('sync_status');
    expect(status).toMatchObject({ isError: false, data: { daemon: 'ready', client: null, collections: [] } });
    expect(status.text).toContain('sourcesync clients add');
    expect(await agent.call('read_record', { collection: 'shell', id: '.profile' })).toMatchObject({
      ...{ isError: true, text: expect.stringContaining('sourcesync clients add') },
    });
  });

  it('M1 the token of the home is refused: the file itself, and a copy of it', async () => {
    const own = join(home.folder, 'state', 'keys', 'api.token');
    const refused = await home.run('mcp', '--token-file', own);
    expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining('clients add')]);
    const copy = join(stage.root, 'copy');
    writeFileSync(copy, readFileSync(own));
    const agent = await started(['--token-file', copy, ...(await granted('thief', 'shell'))]);
    const said = await agent.call('read_record', { collection: 'shell', id: '.profile' });
    expect([said.isError, said.text]).toEqual([true, expect.stringContaining('that of the person')]);
  });

  it('M1 a token that could decide or write is refused', async () => {
    const strong = await client('strong', [...agentHolds, 'records.write', 'reviews.decide'], ['shell']);
    const agent = await started(['--token-file', strong, ...(await granted('strong', 'shell'))]);
    const said = await agent.call('read_record', { collection: 'shell', id: '.profile' });
    expect([said.isError, said.text]).toEqual([true, expect.stringContaining('records.write, reviews.decide')]);
  });

  it('M1 files are named in the environment too', async () => {
    const [, lease = '', , key = ''] = await granted('quiet', 'shell');
    const environment = {
      ...{ SOURCESYNC_CLIENT_TOKEN_FILE: token, SOURCESYNC_LEASE_FILE: lease, SOURCESYNC_AGENT_KEY_FILE: key },
    };
    const agent = await started([], { environment });
    expect(await agent.call('read_record', { collection: 'shell', id: '.profile' })).toMatchObject({ isError: false });
    expect((await agent.tools()).filter((tool) => /decide|accept|enable|grant|secret/.test(tool))).toEqual([]);
  });
});

async function started(...args: [readonly string[], Parameters<typeof startAgent>[2]?]): Promise<McpAgent> {
  const agent = await startAgent(home, ...args);
  agents.push(agent);
  return agent;
}

async function client(name: string, capabilities: readonly string[], collections: readonly string[]): Promise<string> {
  const file = join(stage.root, `${name}.token`);
  const may = ['--capability', ...capabilities, '--collection', ...collections];
  await home.json('clients', 'add', name, ...may, '--ttl', '1h', '--out', file);
  return file;
}

/** Flags with files of a lease that was granted for a collection, or for all of the profile. */
async function granted(agent: string, collection?: string, ttl = '1h'): Promise<readonly string[]> {
  const [lease, key] = [join(stage.root, `${agent}.json`), join(stage.root, `${agent}.key`)];
  const scope = collection === 'notes' || collection === 'agents' ? 'workspace' : 'profile';
  const may = ['--agent', agent, '--capability', 'records.write', '--scope', scope, '--ttl', ttl];
  const only = collection === undefined ? [] : ['--collection', collection];
  await home.json<GrantedBody>('lease', 'grant', ...may, ...only, '--out', lease, '--key-out', key);
  return ['--lease', lease, '--agent-key', key];
}

async function expired(): Promise<readonly string[]> {
  const flags = await granted('brief', 'shell', '1s');
  await until('the lease has expired', async () => (await leaseOf('brief'))?.state === 'expired');
  return flags;
}

async function revoked(): Promise<readonly string[]> {
  const flags = await granted('fired', 'shell');
  given(await home.client().revokeLease((await leaseOf('fired'))?.leaseId ?? ''));
  return flags;
}

async function leaseOf(agent: string): Promise<LeaseBody | undefined> {
  const { items } = given(await home.client().leases());
  return items.find(({ agentId }) => agentId === `urn:srcos:agent:${agent}`);
}

async function put(collection: string, id: string, fields: JsonObject): Promise<void> {
  given(await home.client().putRecord(collection, id, fields));
}

async function get(collection: string, id: string): Promise<RecordBody> {
  return given(await home.client().record(collection, id));
}

function given<T>(answer: Result<T, ClientFault>): T {
  if (!answer.ok) {
    throw new Error(JSON.stringify(answer.error));
  }
  return answer.value;
}
