import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody } from '../../src/api/types/bodies.ts';
import type { PlaceBody } from '../../src/api/types/places.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

const text = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `alias ${name}='ls -${name}'\n`).join('');

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  for (const [home, person] of [[desk, 'ann'] as const, [laptop, 'ben'] as const]) {
    await mkdir(join(stage.root, person));
    await writeFile(file(person), text);
    await restart(home, person);
    await home.json('setup', '--yes', '--engines', 'shell');
  }
});

afterAll(async () => {
  await stage.close();
});

const file = (person: string): string => join(stage.root, person, '.bashrc');
const textOf = async (person: string): Promise<string> => readFile(file(person), 'utf8');
const ownFileOf = async (person: string): Promise<string> =>
  readFile(join(stage.root, person, '.config', 'sourcesync', 'shell', 'bash'), 'utf8').catch(() => '');

async function restart(home: Home, person: string): Promise<void> {
  await home.killDaemon('SIGTERM');
  await home.startDaemon({ HOME: join(stage.root, person), XDG_CONFIG_HOME: '', GIT_CONFIG_GLOBAL: '', ZDOTDIR: '' });
}

async function asked(home: Home): Promise<readonly ReviewBody[]> {
  return (await home.json<PageBody<ReviewBody>>('reviews', 'ls')).items;
}

async function accept(home: Home, summary: string): Promise<void> {
  let item: ReviewBody | undefined;
  await until(`it is asked: ${summary}`, async () => {
    item = (await asked(home)).find((one) => one.summary === summary);
    return item !== undefined;
  });
  await home.json('reviews', 'accept', item?.id as string);
}

describe('a place that is left and followed again', () => {
  it('P8 what was removed meanwhile is a removal, what was changed an edit, and what others changed is written', async () => {
    await desk.json('places', 'off', 'bash');
    await restart(desk, 'ann');
    expect((await desk.run('link', 'ls')).stdout).not.toContain('.bashrc');
    await writeFile(file('ben'), text.replace('ls -c', 'ls -C').replace("alias d='ls -d'\n", ''));
    await accept(desk, 'change alias c: harmless');
    await accept(desk, 'delete alias d: harmless');
    expect(await textOf('ann')).toBe(text);
    const edited = text.replace("alias a='ls -a'\n", '').replace('ls -b', 'ls -B');
    await writeFile(file('ann'), edited);
    await desk.json('places', 'on', 'bash');
    await until('both are asked about', async () => (await asked(laptop)).length === 2);
    expect((await asked(laptop)).map(({ summary }) => summary).sort()).toEqual([
      'change alias b: harmless',
      'delete alias a: harmless',
    ]);
    const mine = edited.replace('ls -c', 'ls -C').replace("alias d='ls -d'\n", '');
    await until('what others changed is in the file', async () => (await textOf('ann')) === mine);
    await desk.json('sync', 'now');
    expect(await textOf('ann')).toBe(mine);
    expect(await ownFileOf('ann')).toBe('');
    await accept(laptop, 'change alias b: harmless');
    await accept(laptop, 'delete alias a: harmless');
    await until('both say the same', async () => (await textOf('ben')) === mine);
  });

  it('P8 what both changed meets in one question, and a file that is gone takes nothing along', async () => {
    await desk.json('places', 'off', 'bash');
    await writeFile(file('ben'), (await textOf('ben')).replace('ls -e', 'ls -E'));
    await accept(desk, 'change alias e: harmless');
    await writeFile(file('ann'), (await textOf('ann')).replace('ls -e', 'ls -1'));
    await desk.json('places', 'on', 'bash');
    await until('it is asked about', async () => (await asked(laptop)).length > 0);
    expect((await asked(laptop)).map(({ summary }) => summary)).toEqual(['change alias e: harmless']);
    expect(await textOf('ann')).toContain('ls -1');

    const before = await textOf('ann');
    await desk.json('places', 'off', 'bash');
    await writeFile(file('ann'), '');
    await desk.json('places', 'on', 'bash');
    const { items } = await desk.json<PageBody<PlaceBody>>('places', 'ls');
    expect(items.find(({ name }) => name === 'bash')?.on).toBe(true);
    await desk.json('sync', 'now');
    expect((await asked(laptop)).map(({ recordId }) => recordId)).toEqual(['bash/alias/e']);
    await writeFile(file('ann'), before);
  });

  it('P8 one that is not followed cannot be left', async () => {
    expect((await desk.run('places', 'off', 'zsh')).stderr).toContain('zsh is not followed. See: sourcesync places ls');
  });
});
