import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyBody, PolicyKeyBody, PolicySetBody } from '../../src/api/types/policy.ts';
import type { EngineBody } from '../../src/api/types/bodies.ts';
import { type CommandResult, type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

const shell = (home: Home): Promise<EngineBody> => home.json<EngineBody>('engines', 'show', 'sourceos.sync.shell');
const explained = (home: Home, key: string): Promise<PolicyKeyBody> =>
  home.json<PolicyKeyBody>('policy', 'explain', key);

async function put(home: Home, id: string): Promise<CommandResult> {
  const file = join(home.folder, `${id}.json`);
  await writeFile(file, JSON.stringify({ kind: 'alias', name: id, body: 'ls' }));
  return home.run('records', 'put', 'shell', id, '--file', file);
}

describe('an org of two devices', () => {
  it('obeys the strongest policy, whoever says it, and goes on when it is lifted', async () => {
    const { desk, laptop } = await pairedHomes(stage, await stage.startRelay());
    await desk.json('scopes', 'create', 'org', 'Team');
    await until('the org arrives', async () => knowsOrg(laptop));
    for (const home of [desk, laptop]) {
      await home.json('engines', 'enable', 'sourceos.sync.policy-fabric');
    }

    const set = await desk.json<PolicySetBody>('policy', 'set', 'write.shell', 'decision', 'deny', '--layer', 'org');
    expect(set).toMatchObject({ layer: 'org', generation: 1 });
    await until('the policy arrives', async () => (await explained(laptop, 'write.shell')).words.length === 1);
    const refused = await put(laptop, 'll');
    expect([refused.code, refused.stderr]).toEqual([6, expect.not.stringMatching(/policy_denied/)]);

    // Another layer, weaker, from the other device: joining never weakens.
    const authority = await laptop.run('policy', 'set', 'write.shell', 'decision', 'allow', '--layer', 'workspace');
    if (authority.code === 0) {
      await until('it arrives', async () => (await explained(desk, 'write.shell')).words.length === 2);
    } else {
      expect([authority.code, authority.stderr]).toEqual([6, expect.stringMatching(/authority/)]);
    }
    expect(await explained(desk, 'write.shell')).toMatchObject({ rule: { kind: 'decision', value: 'deny' } });

    await desk.json('policy', 'unset', 'write.shell', '--layer', 'org', '--execute');
    await until('it is lifted', async () => (await put(laptop, 'll')).code === 0);
    expect((await desk.json<PolicyBody>('policy', 'show')).documents[0]).toMatchObject({ layer: 'org', generation: 2 });
  });
});

describe('the floor of one device', () => {
  it('is stronger than the org, takes effect while the daemon runs, and a broken one leaves the last good one', async () => {
    const home = stage.home('desk');
    await home.json('init', '--label', 'desk', '--yes');
    await home.startDaemon();
    await home.json('scopes', 'create', 'org', 'Team');
    await home.json('engines', 'enable', 'sourceos.sync.policy-fabric');
    await home.json('policy', 'set', 'engine.shell', 'decision', 'allow', '--layer', 'org');
    expect((await shell(home)).state).not.toBe('policy_blocked');

    const config = (await home.json<{ config: string }>('paths')).config;
    await mkdir(dirname(config), { recursive: true });
    await appendFile(config, '\n[policy.floor]\n"engine.shell" = { kind = "decision", value = "deny" }\n');
    await until('the floor holds', async () => (await shell(home)).state === 'policy_blocked');
    expect((await shell(home)).reasonCodes).toEqual(['local_policy_stronger']);
    expect((await put(home, 'll')).code).toBe(6);

    const good = await readFile(config, 'utf8');
    await writeFile(config, good.replace('"deny"', '"maybe"'));
    await until('the fault is told', async () => (await home.run('doctor')).stdout.includes('policy.floor'));
    expect((await shell(home)).state).toBe('policy_blocked');

    await writeFile(config, good.replace('[policy.floor]', '').replace(/^"engine\.shell".*$/m, ''));
    await until('it is lifted', async () => (await shell(home)).state !== 'policy_blocked');
    expect((await put(home, 'll')).code).toBe(0);
  });
});

async function knowsOrg(home: Home): Promise<boolean> {
  const { items } = await home.json<{ items: readonly { kind: string }[] }>('scopes', 'ls');
  return items.some(({ kind }) => kind === 'org');
}
