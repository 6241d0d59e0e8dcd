import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineBody } from '../../src/api/types/bodies.ts';
import type { OwnerStatusBody } from '../../src/api/types/owners.ts';
import { type CommandResult, type Home, type Stage, openStage, until } from '../helpers/processes.ts';

let stage: Stage;
let home: Home;

beforeAll(async () => {
  stage = await openStage();
  home = stage.home('desk');
  await home.json('init', '--label', 'desk', '--yes');
  await home.startDaemon();
});

afterAll(async () => {
  await stage.close();
});

/** Pushes extensions by id and version; one that is to be refused has none. */
async function push(
  versions: Readonly<Record<string, string | null>>,
  ...args: readonly string[]
): Promise<CommandResult> {
  const items = Object.entries(versions).map(([id, version]) => ({
    id,
    fields: { host: 'vscode', extensionId: id, enabled: true, ...(version === null ? {} : { version }) },
  }));
  const file = join(stage.root, 'set.json');
  await writeFile(file, JSON.stringify(items));
  return home.run('push', 'extensions', '--owner', 'app:code', '--file', file, ...args);
}

async function needs(id: string, ...edges: readonly object[]): Promise<void> {
  const file = join(stage.root, `${id}.json`);
  const byId = Object.fromEntries(edges.map((edge, index) => [`e${index}`, { type: 'uses', ...edge }]));
  await writeFile(file, JSON.stringify({ kind: 'task', title: id, edges: byId }));
  await home.json('records', 'put', 'workspace', id, '--file', file);
}

async function workspace(): Promise<EngineBody> {
  return home.json<EngineBody>('engines', 'show', 'workspace');
}

describe('a set that a program pushes', () => {
  it('fails, is listed with what is active, its dependents are told, and told no more once it is pushed again', async () => {
    expect((await push({ py: '1.4.0' }, '--token', 'W/"1"', '--set-version', '1.0.0')).code).toBe(0);
    await needs('lint', { to: 'extensions/py', version: '^1' }, { to: 'extensions/go' });
    expect(await workspace()).not.toHaveProperty('needs');

    const failed = await push({ py: '2.0.0', go: '1.0.0', rs: null }, '--token', 'W/"2"', '--previous', 'W/"1"');
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringMatching(/item 2 \(rs\).*"version" is missing/)]);

    const listed = await home.run('owners', 'ls', '--json');
    expect([listed.code, JSON.parse(listed.stdout)]).toMatchObject([
      3,
      {
        items: [{ owner: 'urn:srcos:app:code', status: 'sync_failed', syncToken: 'W/"1"', version: '1.0.0', items: 1 }],
      },
    ]);
    const shown = await home.run('owners', 'show', 'app:code', 'extensions');
    expect([shown.code, shown.stdout]).toEqual([
      3,
      expect.stringMatching(/active: 1 record,.*\n.*token W\/"2".*not taken\n.*rs/),
    ]);

    await until('the workspace is told', async () => (await workspace()).needs !== undefined);
    expect(await workspace()).toMatchObject({
      causes: ['owner_set_not_synced'],
      needs: [{ owner: 'app:code', status: 'sync_failed', records: 1, missing: 1, first: ['lint'] }],
    });
    expect((await home.run('status')).stdout).toMatch(
      /workspace: 1 record needs the set of app:code in extensions, 1 in vain \(lint\)\. .*sourcesync push extensions/,
    );
    expect((await home.run('records', 'references', 'workspace', 'lint')).stdout).toMatch(
      /extensions\/go: The set of app:code in extensions was not taken/,
    );
    expect((await home.run('explain', 'workspace', 'lint')).stdout).toMatch(
      /It needs extensions\/go: declared-but-unavailable\.[\s\S]*set of app:code/,
    );

    await home.killDaemon('SIGKILL');
    await home.startDaemon();
    await until('and told again by the next process', async () => (await workspace()).needs !== undefined);
    const stale = await push({ go: '1.0.0' }, '--token', 'W/"9"', '--previous', 'W/"2"');
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining('W/"1"')]);

    expect((await push({ py: '2.0.0', go: '1.0.0' }, '--token', 'W/"2"', '--previous', 'W/"1"')).code).toBe(0);
    await until('the workspace is told no more', async () => (await workspace()).needs === undefined);
    expect((await workspace()).causes).toEqual([]);
    const { items } = await home.json<{ items: readonly OwnerStatusBody[] }>('owners', 'ls');
    expect(items).toMatchObject([{ status: 'synced', syncToken: 'W/"2"', items: 2, late: null, message: null }]);

    const wanted = await home.run('records', 'references', 'workspace', 'lint');
    expect([wanted.code, wanted.stdout]).toEqual([3, expect.stringContaining('extensions/py: is 2.0.0, wanted ^1.')]);
    await needs('lint', { to: 'extensions/py', version: '>=2 <3' }, { to: 'extensions/go' });
    expect((await home.run('records', 'references', 'workspace', 'lint')).code).toBe(0);
    expect((await home.json<{ items: readonly unknown[] }>('reviews', 'ls')).items).toEqual([]);
    expect((await home.run('audit', 'verify')).code).toBe(0);
  });
});
