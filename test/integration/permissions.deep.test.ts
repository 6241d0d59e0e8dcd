import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrantedBody, LeaseBody } from '../../src/api/types/leases.ts';
import type { PermissionBody } from '../../src/api/types/permissions.ts';
import type { PolicySetBody } from '../../src/api/types/policy.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import type { RecordBody } from '../../src/api/types/bodies.ts';
import { type CommandResult, type Home, type Stage, openStage, until } from '../helpers/processes.ts';

let stage: Stage;
let home: Home;
/** Options of a lease that was granted before any map was written. */
let older: readonly string[];

beforeAll(async () => {
  stage = await openStage();
  home = stage.home('desk');
  await home.json('init', '--label', 'desk', '--yes');
  await home.startDaemon();
  await home.json('scopes', 'create', 'org', 'Team');
  for (const engine of ['policy-fabric', 'agent-registry']) {
    await home.json('engines', 'enable', `sourceos.sync.${engine}`);
  }
  await put('agents', 'helper', { name: 'Helper', tools: ['Read'], permissions: { 'tool:Bash*': 'deny' } });
  older = (await grant()).options;
});

afterAll(async () => {
  await stage.close();
});

describe('permission maps of a policy, an agent and a device', () => {
  it('deny and ask for what an agent writes under its lease, and say which layer, which pattern, why', async () => {
    expect((await write('free', older)).code).toBe(0);

    const set = await map({ '*': 'allow', 'engine:workspace': 'deny', 'engine:policy': 'deny' });
    expect(set.effective.says).toContain('It has no effect on engine:policy, which no map binds.');
    const denied = await write('denied', older);
    expect([denied.code, denied.stderr]).toEqual([6, expect.stringContaining('engine:workspace --agent helper')]);
    expect(await explained('engine:workspace', '--agent', 'helper')).toMatchObject({
      ...{ answer: 'deny', reasonCode: 'policy_denied', layer: 'org', pattern: 'engine:workspace' },
    });

    await map({ 'engine:*': 'ask' });
    const asked = await write('asked', older);
    expect(asked.code).toBe(3);
    expect(await waiting()).toMatchObject([{ kind: 'proposal', recordId: 'asked', author: 'urn:srcos:agent:helper' }]);
    await home.json('reviews', 'accept', (await waiting())[0]?.id ?? '');
    expect((await home.json<RecordBody>('records', 'get', 'workspace', 'asked')).fields).toMatchObject({
      title: 'asked',
    });
    expect(await waiting()).toEqual([]);
  });

  it('ask for a person where the capability is asked about, and a lease says so from the start', async () => {
    await map({ 'capability:records.*': 'ask' });
    const lease = await grant();
    expect(lease.granted.requiresHumanApproval).toBe(true);
    expect((await write('approved', lease.options)).code).toBe(3);
    expect(await waiting()).toMatchObject([{ kind: 'approval', recordId: 'approved' }]);
    await home.json('lease', 'approve', (await waiting())[0]?.id ?? '');
    expect((await home.json<RecordBody>('records', 'get', 'workspace', 'approved')).state).toBe('live');
    expect(await waiting()).toEqual([]);

    await map({ 'capability:records.write': 'deny' });
    expect((await write('late', lease.options)).code).toBe(6);
    const { items } = await home.json<{ items: readonly LeaseBody[] }>('lease', 'ls');
    expect(items.map(({ state, reasonCode }) => [state, reasonCode])).toEqual(
      items.map(() => ['refused', 'policy_denied/policy_rule']),
    );
    await map({});
  });

  it("restrict by the agent's record and by the floor, whatever the org allows", async () => {
    await map({ '*': 'allow', 'tool:Bash(git *)': 'allow' });
    const said = await home.run('policy', 'explain', 'tool:Bash(git push)', '--agent', 'helper');
    expect(said.stdout).toMatch(/^deny: org says allow.*the record of the agent \(helper\) says deny \(tool:Bash\*\)/);
    expect(said.stdout).toMatch(/agent +helper +tool:Bash\* +deny +decides/);
    expect(await explained('tool:bash(git push)', '--agent', 'helper')).toMatchObject({ answer: 'deny' });
    expect(await explained('tool:Bash(git push)')).toMatchObject({ answer: 'allow', layer: 'org' });

    const config = (await home.json<{ config: string }>('paths')).config;
    await mkdir(dirname(config), { recursive: true });
    await appendFile(config, '\n[policy.floor]\npermissions = { kind = "map", value = { "tool:Read" = "ask" } }\n');
    await until('the floor holds', async () => (await explained('tool:Read')).answer === 'ask');
    expect(await explained('tool:Read')).toMatchObject({ layer: 'floor', reasonCode: 'local_policy_stronger' });
  });

  it('are written only where they can be read, and what widens an agent is said', async () => {
    const wrong = await home.run('policy', 'set', 'permissions', 'map', '{"tool:Bash": "never"}');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('"tool:Bash" says "never"')]);
    await put('agents', 'helper', { name: 'Helper', tools: ['Read', 'Bash'], permissions: {} });
    const history = await home.run('records', 'history', 'agents', 'helper');
    expect(history.stdout).toMatch(
      /widened by \S+: the tool Bash is new\nwidened by \S+: tool:Bash\* said deny and is gone/,
    );
  });
});

async function put(
  collection: string,
  id: string,
  fields: object,
  ...options: readonly string[]
): Promise<CommandResult> {
  const file = join(stage.root, `${id}.json`);
  await writeFile(file, JSON.stringify(fields));
  return home.run('records', 'put', collection, id, '--file', file, ...options);
}

async function write(id: string, lease: readonly string[]): Promise<CommandResult> {
  return put('workspace', id, { kind: 'task', title: id }, ...lease, '--json');
}

async function grant(): Promise<{ readonly granted: GrantedBody; readonly options: readonly string[] }> {
  const name = `lease-${Math.trunc(performance.now())}`;
  const [lease, key] = [join(stage.root, `${name}.json`), join(stage.root, `${name}.key`)];
  const granted = await home.json<GrantedBody & { secretKey: string }>(
    ...['lease', 'grant', '--agent', 'helper', '--capability', 'records.write'],
    ...['--collection', 'workspace', '--ttl', '1h', '--out', lease],
  );
  await writeFile(key, `${granted.secretKey}\n`, { mode: 0o600 });
  return { granted, options: ['--lease', lease, '--agent-key', key] };
}

async function map(value: object): Promise<PolicySetBody> {
  return home.json<PolicySetBody>('policy', 'set', 'permissions', 'map', JSON.stringify(value));
}

async function explained(...words: readonly string[]): Promise<PermissionBody> {
  return home.json<PermissionBody>('policy', 'explain', ...words);
}

async function waiting(): Promise<readonly ReviewBody[]> {
  return (await home.json<{ items: readonly ReviewBody[] }>('reviews', 'ls')).items;
}
