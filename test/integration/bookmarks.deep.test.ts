import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { asked, livesIn } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, pairedHomes } from '../helpers/processes.ts';
import { chromiumList, firefoxDatabase, link } from '../unit/engines/browser-home.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;
const example = ['Example', 'https://example.org/'] as const;

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  saved(link(...example), link('Script', 'javascript:alert(1)'), link('Feed', 'https://example.org/?token=12345678'));
  const profiles = join(stage.root, 'ben', '.mozilla', 'firefox');
  firefoxDatabase(join(profiles, 'abc', 'places.sqlite'), [example]).close();
  writeFileSync(join(profiles, 'profiles.ini'), '[Profile0]\nIsRelative=1\nPath=abc\n');
  for (const [home, person] of [
    [desk, 'ann'],
    [laptop, 'ben'],
  ] as const) {
    await livesIn(home, join(stage.root, person), {});
    expect((await home.run('setup', '--yes', '--engines', 'browser')).stdout).toMatch(/^bookmarks +yes +read /m);
  }
});

afterAll(async () => {
  await stage.close();
});

/** As Chromium does: another file takes its place. */
function saved(...bar: Parameters<typeof chromiumList>[0]): void {
  const folder = join(stage.root, 'ann', '.config', 'chromium', 'Default');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Bookmarks.new'), chromiumList(bar));
  renameSync(join(folder, 'Bookmarks.new'), join(folder, 'Bookmarks'));
}

describe('4 bookmarks of two machines', () => {
  it('that both have are asked about nowhere, and what is new waits with what is known of it', async () => {
    expect((await asked(laptop, 'bookmarks/bookmark/bar/Script')).summary).toContain('it runs a script');
    saved(link(...example), link('New', 'https://new.example/'));
    expect((await asked(laptop, 'bookmarks/bookmark/bar/New')).summary).toBe(
      'add bookmark "New" (https://new.example/): harmless',
    );
    const { items } = await laptop.json<PageBody<ReviewBody>>('reviews', 'ls');
    expect(items.map(({ recordId }) => recordId)).not.toContain('bookmarks/bookmark/bar/Example');
    expect(JSON.stringify(items)).not.toContain('12345678');
    const shown = await laptop.json<PlaceShowBody>('places', 'show', 'bookmarks');
    expect(shown.units).toMatchObject({ total: 1, same: 1 });
  });

  it('P17 that is renamed is one question, and goes on as the same record', async () => {
    const kept = (name: string) => ({ ...link(name, 'https://kept.example/'), guid: 'g1' });
    saved(link(...example), kept('Kept'));
    await laptop.json('reviews', 'accept', (await asked(laptop, 'bookmarks/bookmark/bar/Kept')).id);
    saved(link(...example), kept('Renamed'));
    const { summary, id } = await asked(laptop, 'bookmarks/bookmark/bar/Renamed');
    expect(summary).toBe('rename bookmarks/bookmark/bar/Kept to bookmarks/bookmark/bar/Renamed: harmless');
    await laptop.json('reviews', 'accept', id);
    const record = await laptop.json<RecordBody>('records', 'get', 'browser', 'bookmarks/bookmark/bar/Renamed');
    expect(record.fields).toMatchObject({ title: 'Renamed', url: 'https://kept.example/' });
    const { items } = await laptop.json<PageBody<ReviewBody>>('reviews', 'ls');
    expect(items.map(({ recordId }) => recordId)).not.toContain('bookmarks/bookmark/bar/Kept');
  });
});
