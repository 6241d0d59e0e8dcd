import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { livesIn } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  clone('ann', 'https://ann:secret@github.com/o/r.git');
  mkdirSync(join(stage.root, 'ben', 'src'), { recursive: true });
  for (const [home, person] of [
    [desk, 'ann'],
    [laptop, 'ben'],
  ] as const) {
    await livesIn(home, join(stage.root, person), {});
    expect((await home.run('setup', '--yes', '--engines', 'workspace')).stdout).toMatch(/^repositories +yes +read /m);
  }
});

afterAll(async () => {
  await stage.close();
});

function clone(person: string, url: string): void {
  const git = join(stage.root, person, 'src', 'r', '.git');
  mkdirSync(git, { recursive: true });
  writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(git, 'config'), `[remote "origin"]\n\turl = ${url}\n`);
}

const id = 'repositories/repo/github.com%2Fo%2Fr';

describe('9 clones of two machines', () => {
  it('one that another machine has is known, and what to run for it; one that is removed stays known', async () => {
    let known: RecordBody | undefined;
    await until('the laptop knows it', async () => {
      const { items } = await laptop.json<PageBody<RecordBody>>('records', 'ls', 'workspace');
      known = items.find((record) => record.id === id);
      return known !== undefined;
    });
    expect(known?.fields).toEqual({
      ...{ kind: 'repo', title: 'r', props: { remotes: { origin: 'https://github.com/o/r' } } },
    });
    expect((await laptop.run('places', 'show', 'repositories')).stdout).toContain('git clone');
    rmSync(join(stage.root, 'ann', 'src', 'r'), { recursive: true });
    await desk.run('sync', 'now');
    expect((await desk.json<PlaceShowBody>('places', 'show', 'repositories')).units).toMatchObject({
      total: 0,
      absent: 1,
    });
    expect((await laptop.json<PageBody<ReviewBody>>('reviews', 'ls')).items).toEqual([]);
  });
});
