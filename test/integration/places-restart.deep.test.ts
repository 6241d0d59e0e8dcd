import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody } from '../../src/api/types/bodies.ts';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

const text = "alias a='ls -a'\nalias b='ls -b'\nalias c='ls -c'\nalias d='ls -d'\n";
const own = join('.config', 'sourcesync', 'shell', 'bash');

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  for (const [home, person] of [[desk, 'ann'] as const, [laptop, 'ben'] as const]) {
    await mkdir(join(stage.root, person));
    await writeFile(file(person), text);
    await whileStopped(home, person, async () => undefined);
    await home.json('setup', '--yes', '--engines', 'shell');
  }
});

afterAll(async () => {
  await stage.close();
});

const file = (person: string): string => join(stage.root, person, '.bashrc');

async function whileStopped(home: Home, person: string, change: () => Promise<void>): Promise<void> {
  await home.killDaemon('SIGTERM');
  await change();
  await home.startDaemon({ HOME: join(stage.root, person), XDG_CONFIG_HOME: '', GIT_CONFIG_GLOBAL: '', ZDOTDIR: '' });
}

async function asked(home: Home): Promise<readonly string[]> {
  const { items } = await home.json<PageBody<ReviewBody>>('reviews', 'ls');
  return items.map(({ recordId, summary }) => `${String(recordId)}: ${summary}`).sort();
}

describe('a place whose file changed while nothing ran', () => {
  it('P0 a unit that was removed stays removed, and is asked about there', async () => {
    await whileStopped(desk, 'ann', async () => writeFile(file('ann'), text.replace("alias b='ls -b'\n", '')));
    await until('it is asked about', async () => (await asked(laptop)).length > 0);
    expect(await asked(laptop)).toEqual(['bash/alias/b: delete alias b: harmless']);
    expect(await readFile(file('ann'), 'utf8')).not.toContain('alias b');
    expect(await readFile(join(stage.root, 'ann', own), 'utf8').catch(() => '')).not.toContain('alias b');
  });

  it('P0 is the same place, however much of it changed', async () => {
    const changed = "alias a='ls -A'\nalias c='ls -C'\nalias d='ls -D'\n";
    await whileStopped(desk, 'ann', async () => writeFile(file('ann'), changed));
    await until('all is asked about', async () => (await asked(laptop)).length === 4);
    expect(await readFile(file('ann'), 'utf8')).toBe(changed);
  });

  it('P6 one that could not be taken apart goes on once it is well', async () => {
    const before = await readFile(file('ann'), 'utf8');
    await whileStopped(desk, 'ann', async () => writeFile(file('ann'), `${before}alias broken='\n`));
    await writeFile(file('ann'), before.replace('ls -A', 'ls -AA'));
    await until('it is read', async () => {
      const shown = await desk.json<PlaceShowBody>('places', 'show', 'bash');
      return shown.obstacles.length === 0 && shown.items.every(({ standing }) => standing === 'same');
    });
    expect((await desk.run('link', 'ls')).stdout).not.toContain('paused');
  });
});
