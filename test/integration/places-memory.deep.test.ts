import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordBody } from '../../src/api/types/bodies.ts';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import { slugOf } from '../../engines/memory/places/repositories.ts';
import { asked, livesIn } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

const annText =
  '# About me\n\nThe city is Vienna.\n\n## Code\n\nNever push to main.\n\n# Keys\n\nThe password is in ~/.netrc\n';
const benText = 'Words of ben.\n';
const memoryText = '---\nname: role\nmetadata:\n  originSessionId: 0f1e\n---\n\nThe user is a data scientist.\n';

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  await put('ann', ['.claude', 'CLAUDE.md'], annText);
  await put('ben', ['.claude', 'CLAUDE.md'], benText);
  for (const [person, folder] of [
    ['ann', 'src'],
    ['ben', 'work'],
  ] as const) {
    await put(person, [folder, 'app', '.git', 'config'], '[remote "origin"]\n\turl = git@Example.org:acme/app.git\n');
    await mkdir(memories(person, folder), { recursive: true });
  }
  await writeFile(join(memories('ann', 'src'), 'role.md'), memoryText);
  for (const [home, person] of [
    [desk, 'ann'],
    [laptop, 'ben'],
  ] as const) {
    await livesIn(home, at(person), { CLAUDE_CONFIG_DIR: '', CODEX_HOME: '' });
    await home.run('setup', '--yes', '--engines', 'memory');
    await home.run('places', 'on', 'claude-memory');
  }
});

afterAll(async () => {
  await stage.close();
});

const at = (person: string, ...names: readonly string[]): string => join(stage.root, person, ...names);
const memories = (person: string, folder: string): string =>
  at(person, '.claude', 'projects', slugOf(at(person, folder, 'app')), 'memory');
const textAt = async (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
const instructions = (person: string): string => at(person, '.claude', 'CLAUDE.md');

async function put(person: string, names: readonly string[], text: string): Promise<void> {
  await mkdir(dirname(at(person, ...names)), { recursive: true });
  await writeFile(at(person, ...names), text);
}

const about = 'claude-md/section/About me';
const code = `${about}/Code`;
const role = 'claude-memory/example.org%2Facme%2Fapp/role';

describe('memories of a workstation', () => {
  it('P5 sections wait, each with what is said of it; what tells of a password stays', async () => {
    expect((await asked(laptop, about)).summary).toBe('add section About me of claude-md: harmless');
    expect((await asked(laptop, code)).summary).toMatch(/add section About me > Code .*"Never".*Never push to main/);
    await asked(desk, 'claude-md/part/preamble');
    const shown = await desk.json<PlaceShowBody>('places', 'show', 'claude-md');
    expect(shown).toMatchObject({ leftAlone: 1, units: { total: 2 }, obstacles: [] });
  });

  it('P3 one below another is written before the one above it was accepted', async () => {
    await laptop.json('reviews', 'accept', (await asked(laptop, code)).id);
    await until(
      'it is there',
      async () => (await textAt(instructions('ben'))) === `${benText}\n# About me\n\n## Code\n\nNever push to main.\n`,
    );
    await laptop.json('reviews', 'accept', (await asked(laptop, about)).id);
    await until('both are', async () =>
      (await textAt(instructions('ben'))).includes('# About me\n\nThe city is Vienna.\n\n## Code'),
    );
    expect(await textAt(instructions('ben'))).toContain(benText);
  });

  it('P12 one that is revoked leaves the files of both, and nothing else', async () => {
    const record = await desk.json<RecordBody>('records', 'get', 'memory', about);
    const fields = JSON.stringify({ ...record.fields, lifecycle: 'expired' });
    await put('ann', ['fields.json'], fields);
    await desk.json('records', 'put', 'memory', about, '--file', at('ann', 'fields.json'));
    await until(
      'it left here',
      async () => (await textAt(instructions('ann'))) === annText.replace('The city is Vienna.\n\n', ''),
    );
    const { summary, id } = await asked(laptop, about);
    expect(summary).toBe('change section About me of claude-md: harmless');
    await laptop.json('reviews', 'accept', id);
    await until('and there', async () => !(await textAt(instructions('ben'))).includes('Vienna'));
    expect((await desk.json<RecordBody>('records', 'get', 'memory', about)).fields?.['lifecycle']).toBe('expired');
  });

  it('P13 a memory of a project goes where that project is, and a removed file is a removed memory', async () => {
    const { id } = await asked(laptop, role);
    await laptop.json('reviews', 'accept', id);
    const there = join(memories('ben', 'work'), 'role.md');
    await until('it is there', async () => (await textAt(there)) === memoryText);
    expect((await laptop.json<RecordBody>('records', 'get', 'memory', role)).fields).toMatchObject({
      lifecycle: 'proposed',
    });
    await writeFile(join(memories('ann', 'src'), 'second.md'), 'The second is new.\n');
    await asked(laptop, role.replace('role', 'second'));
    await rm(join(memories('ann', 'src'), 'role.md'));
    const gone = await asked(laptop, role);
    expect(gone.summary).toMatch(/^delete memory role of project:example.org\/acme\/app/);
    await laptop.json('reviews', 'accept', gone.id);
    await until('it is gone there too', async () => !existsSync(there));
    expect((await laptop.json<PlaceShowBody>('places', 'show', 'claude-memory')).obstacles).toEqual([]);
  });
});
