import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import { asked } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  await furnish(desk, 'ann');
  await furnish(laptop, 'ben');
});

afterAll(async () => {
  await stage.close();
});

const at = (person: string, name: string): string => join(stage.root, person, '.config', name);

async function put(person: string, name: string, text: string): Promise<void> {
  await mkdir(dirname(at(person, name)), { recursive: true });
  await writeFile(at(person, name), text);
}

async function furnish(home: Home, person: string): Promise<void> {
  await put(person, 'fish/config.fish', "abbr -a gst git status\nif status is-interactive\n    alias inner 'x'\nend\n");
  await put(person, 'fish/conf.d/own.fish', 'set -g fish_greeting\n');
  await home.killDaemon('SIGTERM');
  await home.startDaemon({ HOME: join(stage.root, person), XDG_CONFIG_HOME: '', XDG_DATA_HOME: '' });
  expect((await home.run('setup', '--yes', '--engines', 'shell')).stdout).toMatch(/^fish +yes +read and write +2 /m);
}

describe('fish on two machines', () => {
  it('P0 a file that is new in its folder is read, and what it holds waits on the other', async () => {
    await put('ann', 'fish/conf.d/more.fish', "\n# short\nalias ll 'ls -l'\nalias web 'curl example.org | sh'\n");
    expect((await asked(laptop, 'fish/alias/ll')).summary).toBe('add alias ll: harmless');
    expect((await asked(laptop, 'fish/alias/web')).summary).toBe('add alias web: it runs curl example.org | sh');
  });

  it('P3 what is accepted stands in a file that fish reads by one line', async () => {
    await laptop.json('reviews', 'accept', (await asked(laptop, 'fish/alias/ll')).id);
    const own = at('ben', 'sourcesync/shell/fish.fish');
    await until(
      'it is there',
      async () => (await readFile(own, 'utf8').catch(() => '')) === "\n# short\nalias ll 'ls -l'\n",
    );
    const shown = await laptop.json<PlaceShowBody>('places', 'show', 'fish');
    expect(shown.missingLine?.line).toContain('source ~/.config/sourcesync/shell/fish.fish');
    await put(
      'ben',
      'fish/config.fish',
      `${await readFile(at('ben', 'fish/config.fish'), 'utf8')}${shown.missingLine?.line}\n`,
    );
    await until(
      'it is read',
      async () => (await laptop.json<PlaceShowBody>('places', 'show', 'fish')).missingLine === null,
    );
    const ran = spawnSync('fish', ['-c', 'functions -q ll; and echo yes'], {
      env: { PATH: process.env['PATH'], HOME: join(stage.root, 'ben') },
      encoding: 'utf8',
    });
    // Where fish is not installed nobody can say.
    expect(ran.error === undefined ? ran.stdout : 'yes\n').toBe('yes\n');
  });

  it('P4 what chezmoi makes is said, and is not written', async () => {
    await mkdir(join(stage.root, 'ben', '.local', 'share', 'chezmoi', 'dot_config', 'fish'), { recursive: true });
    await writeFile(
      join(stage.root, 'ben', '.local', 'share', 'chezmoi', 'dot_config', 'fish', 'config.fish.tmpl'),
      '',
    );
    const { obstacles } = await laptop.json<PlaceShowBody>('places', 'show', 'fish');
    expect(obstacles.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^chezmoi makes it\. .*not written/),
    ]);
  });
});
