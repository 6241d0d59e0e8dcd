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

const deskText = "#!/bin/bash\n# settings of the desk\nalias ll='ls -l'\n\n# where I am\nhere() {\n  pwd\n}\n";
const laptopText = "# the laptop\r\nalias ll='ls -l'\r\n\r\n# where I am\r\nhere() {\r\n  pwd\r\n}\r\n";

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  for (const [home, person, text] of [[desk, 'ann', deskText] as const, [laptop, 'ben', laptopText] as const]) {
    await mkdir(join(stage.root, person));
    await writeFile(file(person), text);
    await home.killDaemon('SIGTERM');
    await home.startDaemon({ HOME: join(stage.root, person), XDG_CONFIG_HOME: '', GIT_CONFIG_GLOBAL: '', ZDOTDIR: '' });
    await home.json('setup', '--yes', '--engines', 'shell');
  }
});

afterAll(async () => {
  await stage.close();
});

const file = (person: string): string => join(stage.root, person, '.bashrc');
const asked = async (home: Home): Promise<readonly ReviewBody[]> =>
  (await home.json<PageBody<ReviewBody>>('reviews', 'ls')).items;

describe('two files that differ in their first comment and in their line ends', () => {
  it('P15 nobody is asked, and an edit changes the lines of its unit alone', async () => {
    await desk.json('sync', 'now');
    await laptop.json('sync', 'now');
    for (const home of [desk, laptop]) {
      const { items } = await home.json<PlaceShowBody>('places', 'show', 'bash');
      expect(items.map(({ id, standing }) => `${id} ${standing}`)).toEqual([
        'bash/alias/ll same',
        'bash/function/here same',
      ]);
      expect(await asked(home)).toEqual([]);
    }
    await writeFile(file('ann'), deskText.replace('  pwd\n', '  pwd -P\n  ls\n'));
    await until('it is asked about', async () => (await asked(laptop)).length === 1);
    await laptop.json('reviews', 'accept', (await asked(laptop))[0]?.id as string);
    const changed = laptopText.replace('  pwd\r\n', '  pwd -P\r\n  ls\r\n');
    await until('it is in the file', async () => (await readFile(file('ben'), 'utf8')) === changed);
    await desk.json('sync', 'now');
    expect([...(await asked(desk)), ...(await asked(laptop))]).toEqual([]);
  });
});
