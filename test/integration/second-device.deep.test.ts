import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineBody, PageBody } from '../../src/api/types/bodies.ts';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import type { ReviewListBody } from '../../src/api/types/reviews.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

/** All of it is looked at before it counts elsewhere. */
const settings = JSON.stringify({
  model: 'opus',
  permissions: { allow: ['Bash(ls:*)'] },
});

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  for (const [home, person] of [
    [desk, 'ann'],
    [laptop, 'ben'],
  ] as const) {
    const path = join(stage.root, person, '.claude/settings.json');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, settings);
    await home.killDaemon('SIGTERM');
    await home.startDaemon({
      HOME: join(stage.root, person),
      ...{ XDG_CONFIG_HOME: '', CLAUDE_CONFIG_DIR: '', CODEX_HOME: '' },
    });
  }
});

afterAll(async () => {
  await stage.close();
});

const claude = async (home: Home): Promise<PlaceShowBody['units']> =>
  (await home.json<PlaceShowBody>('places', 'show', 'claude')).units;

const command = /sourcesync devices role laptop writer --authority agents/;

describe('the second device of a person, which has the same and was given no authority', () => {
  it('P19 is asked nothing that it may not answer, and setup says once which command changes that', async () => {
    await desk.run('setup', '--yes', '--engines', 'agents');
    const { stdout, code } = await laptop.run('setup', '--yes', '--engines', 'agents');
    expect(code).toBe(0);
    expect(stdout.match(new RegExp(command, 'g'))).toHaveLength(1);
    expect(stdout).toMatch(/On desk: sourcesync/);
    expect(stdout).toMatch(/Nothing waits for you now/);
    await until('all of it is here', async () => {
      await laptop.json('sync', 'now');
      const { elsewhere } = await laptop.json<ReviewListBody>('reviews', 'ls');
      return elsewhere?.[0]?.count === 2;
    });
    expect((await laptop.json<ReviewListBody>('reviews', 'ls')).items).toEqual([]);
    const { stdout: listed } = await laptop.run('reviews', 'ls');
    expect(listed.replaceAll(/\s+/g, ' ')).toMatch(command);
    const { items } = await laptop.json<PageBody<EngineBody>>('engines', 'ls');
    expect(items.find(({ collection }) => collection === 'agents')).toMatchObject({ counts: { review: 0 } });
    expect((await laptop.run('places', 'show', 'claude')).stdout).toMatch(command);
    expect((await laptop.run('status')).stdout).not.toContain('was refused');
  });

  it('P19 goes on by itself once it has the authority: what is alike is one record, and nobody is asked', async () => {
    await desk.json('devices', 'role', 'laptop', 'writer', '--authority', 'agents');
    await until('what it has is as the records', async () => (await claude(laptop)).same === 2);
    for (const home of [desk, laptop]) {
      await home.json('sync', 'now');
      expect(await home.json<ReviewListBody>('reviews', 'ls')).toEqual({ items: [], nextCursor: null });
    }
    expect((await laptop.run('setup')).stdout).not.toMatch(command);
  });
});
