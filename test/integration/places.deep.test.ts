import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody } from '../../src/api/types/bodies.ts';
import type { PlaceBody, PlaceShowBody } from '../../src/api/types/places.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { asked } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

const deskText = "# mine\nalias ll='ls -l'\nalias gs='git status'\n\nif true; then\n  alias inner='x'\nfi\n";
const laptopText = "alias ll='ls -l'\nalias la='ls -A'\n";

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  await furnish(desk, 'ann', deskText);
  await furnish(laptop, 'ben', laptopText);
});

afterAll(async () => {
  await stage.close();
});

async function furnish(home: Home, person: string, text: string): Promise<void> {
  await mkdir(join(stage.root, person));
  await writeFile(at(person, '.bashrc'), text, { mode: 0o600 });
  await home.killDaemon('SIGTERM');
  await home.startDaemon({ HOME: join(stage.root, person), XDG_CONFIG_HOME: '', GIT_CONFIG_GLOBAL: '', ZDOTDIR: '' });
}

const at = (person: string, ...names: readonly string[]): string => join(stage.root, person, ...names);
const textAt = async (person: string, ...names: readonly string[]): Promise<string> =>
  readFile(at(person, ...names), 'utf8').catch(() => '');
const ownFile = ['.config', 'sourcesync', 'shell', 'bash'] as const;

async function edit(person: string, from: string, to: string): Promise<void> {
  const text = await textAt(person, '.bashrc');
  // As editors do: another file takes its place.
  await writeFile(at(person, '.bashrc.new'), text.replace(from, to));
  await rename(at(person, '.bashrc.new'), at(person, '.bashrc'));
}

async function waiting(home: Home): Promise<readonly ReviewBody[]> {
  return (await home.json<PageBody<ReviewBody>>('reviews', 'ls')).items.filter(
    ({ collection }) => collection === 'shell',
  );
}

async function place(home: Home, name: string): Promise<PlaceBody> {
  const { items } = await home.json<PageBody<PlaceBody>>('places', 'ls');
  return items.find((item) => item.name === name) as PlaceBody;
}

describe('places of a workstation', () => {
  it('P1 setup shows what would be followed and changes nothing', async () => {
    const shown = await desk.run('setup');
    expect(shown.stdout).toMatch(/^shell:\nbash +no +read and write +2 +2 +0 +0 +1 +0$/m);
    expect(shown.stdout).toContain('sourcesync setup --yes');
    expect(shown.stdout).toMatch(/^Nothing found for \d+ more places\. .*places ls --all/m);
    expect((await desk.run('setup', '--all')).stdout).toMatch(/^ {2}git: nothing at .*\.gitconfig/m);
    expect(await textAt('ann', '.bashrc')).toBe(deskText);
    expect((await place(desk, 'bash')).on).toBe(false);
    expect(await desk.run('setup', '--engines', 'shell', 'shel')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No engine with places is called shel\. There are: .*shell/) as string,
    });
  });

  it('P2 two people with the same alias are asked nothing, and what is new waits', async () => {
    for (const home of [desk, laptop]) {
      expect((await home.run('setup', '--yes', '--engines', 'shell')).stdout).toMatch(/^bash +yes /m);
    }
    const item = await asked(laptop, 'bash/alias/gs');
    expect(item.summary).toBe('add alias gs: harmless');
    await asked(desk, 'bash/alias/la');
    expect(await textAt('ben', '.bashrc')).toBe(laptopText);
    expect((await waiting(laptop)).map(({ recordId }) => recordId)).not.toContain('bash/alias/inner');
  });

  it('P3 what is accepted and new stands in a file of its own, and setup names the missing line', async () => {
    await laptop.json('reviews', 'accept', (await asked(laptop, 'bash/alias/gs')).id);
    await until('it is in the file', async () => (await textAt('ben', ...ownFile)) === "alias gs='git status'\n");
    expect((await laptop.run('places', 'show', 'bash')).stdout).toContain('. ~/.config/sourcesync/shell/bash');
    await edit(
      'ben',
      laptopText,
      `${laptopText}[ -r ~/.config/sourcesync/shell/bash ] && . ~/.config/sourcesync/shell/bash\n`,
    );
    await until('it is read', async () => (await place(laptop, 'bash')).missingLine === null);
  });

  it('P4 edits of two aliases of one file merge by unit', async () => {
    await desk.json('reviews', 'accept', (await asked(desk, 'bash/alias/la')).id);
    await edit('ann', "ll='ls -l'", "ll='ls -lh'");
    await edit('ben', "la='ls -A'", "la='ls -Ah'");
    await laptop.json('reviews', 'accept', (await asked(laptop, 'bash/alias/ll')).id);
    await desk.json('reviews', 'accept', (await asked(desk, 'bash/alias/la')).id);
    await until('both have both', async () =>
      (await Promise.all([textAt('ann', '.bashrc'), textAt('ann', ...ownFile), textAt('ben', '.bashrc')])).every(
        (text, index) => text.includes(index === 1 ? "la='ls -Ah'" : "ll='ls -lh'"),
      ),
    );
    expect(await textAt('ben', '.bashrc')).toContain("alias ll='ls -lh'\nalias la='ls -Ah'\n");
    expect(await textAt('ann', '.bashrc')).toBe(deskText.replace("'ls -l'", "'ls -lh'"));
    const copies = await readdir(join(laptop.folder, 'state', 'place-copies'));
    expect(copies.some((name) => name.startsWith('.bashrc.'))).toBe(true);
  });

  it('P5 a PATH of another device waits, with its reason', async () => {
    // Into the file as it is, and not by another one in its place.
    const text = (await textAt('ann', '.bashrc')).replace('# mine', '# mine\nexport PATH="/tmp/bin:$PATH"');
    await writeFile(at('ann', '.bashrc'), text);
    const { summary } = await asked(laptop, 'bash/path/%2Ftmp%2Fbin');
    expect(summary).toBe('add path /tmp/bin: programs in /tmp/bin run in place of others of their name');
    expect(await textAt('ben', ...ownFile)).not.toContain('PATH');
  });

  it('P6 a file that cannot be read, or is gone, takes nothing away', async () => {
    const text = await textAt('ann', '.bashrc');
    await writeFile(at('ann', '.bashrc'), "alias broken='\n");
    await until('it is said', async () => (await place(desk, 'bash')).obstacles.length > 0);
    const [obstacle] = (await place(desk, 'bash')).obstacles;
    expect(obstacle?.message).toMatch(/could not be taken apart.*Correct it/);
    await rename(at('ann', '.bashrc'), at('ann', 'away'));
    await desk.run('sync', 'now');
    expect((await desk.run('link', 'ls', `${at('ann', '.bashrc')}#bash`)).stdout).toContain(
      'The file is gone; what it held was kept',
    );
    await writeFile(at('ann', '.bashrc'), text);
    await desk.run('sync', 'now');
    const shown = await desk.json<PlaceShowBody>('places', 'show', 'bash');
    expect(shown.obstacles).toEqual([]);
    expect(shown.items.filter(({ standing }) => standing !== 'same')).toEqual([]);
    expect(await textAt('ann', '.bashrc')).toBe(text);
  });

  it('P7 a removed alias is one here and waits there', async () => {
    await edit('ann', "alias gs='git status'\n", '');
    const { summary, id } = await asked(laptop, 'bash/alias/gs');
    expect(summary).toBe('delete alias gs: harmless');
    await laptop.json('reviews', 'accept', id);
    await until('it is gone there too', async () => (await textAt('ben', ...ownFile)) === '');
  });

  it('P14 an alias that holds a secret is kept here, and is no removal', async () => {
    const text = await textAt('ann', '.bashrc');
    const before = (await waiting(laptop)).length;
    await edit('ann', "ll='ls -lh'", `ll='curl -u ann:ghp_${'a1'.repeat(18)}'`);
    const kept = /bash\/alias\/ll +kept here: it holds what looks like a secret/;
    await until('it is kept', async () => kept.test((await desk.run('places', 'show', 'bash')).stdout));
    await desk.run('sync', 'now');
    await laptop.run('sync', 'now');
    expect(await waiting(laptop)).toHaveLength(before);
    expect((await desk.run('link', 'ls', `${at('ann', '.bashrc')}#bash`)).stdout).not.toContain('alias/ll');
    await writeFile(at('ann', '.bashrc'), text);
    await until('it goes on', async () => (await place(desk, 'bash')).units.held === 0);
  });

  it('P8 a place that is left keeps its files and its records', async () => {
    const text = await textAt('ben', '.bashrc');
    expect((await laptop.run('places', 'off', 'bash')).stdout).toContain('is not followed; files and records stay');
    expect(await textAt('ben', '.bashrc')).toBe(text);
    expect((await laptop.run('places', 'off', 'bash')).code).not.toBe(0);
    expect((await desk.run('places', 'on', 'bash')).stdout).toContain('is followed');
    expect((await laptop.run('places', 'on', 'nowhere')).stderr).toContain('No place is called nowhere');
    expect((await place(laptop, 'bash')).units.same).toBeGreaterThan(0);
  });
});
