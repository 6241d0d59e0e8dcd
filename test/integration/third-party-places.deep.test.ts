import { chmod, copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorBody, PageBody } from '../../src/api/types/bodies.ts';
import type { PlaceShowBody } from '../../src/api/types/places.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

const example = join(packageRoot, 'docs', 'third-party-engine');
let stage: Stage;
let desk: Home;
let laptop: Home;

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  await furnish(desk, 'ann', '# mine\n[ ] Tides\n');
  await furnish(laptop, 'ben', '[ ] Tides\n# ben\n[x] Stars\n');
}, 300_000);

afterAll(async () => {
  await stage.close();
});

/** A person with a reading list, and the engine of the example as its README installs it. */
async function furnish(home: Home, person: string, text: string): Promise<void> {
  await mkdir(join(stage.root, person));
  await writeFile(at(person), text);
  const folder = join(home.folder, 'config', 'engines.d');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of (await readdir(example)).filter((one) => one.startsWith('reading.'))) {
    await copyFile(join(example, name), join(folder, name));
    await chmod(join(folder, name), 0o644);
  }
  await home.killDaemon('SIGTERM');
  await home.startDaemon({ HOME: join(stage.root, person), XDG_CONFIG_HOME: '' });
}

const at = (person: string): string => join(stage.root, person, 'reading.txt');

async function asked(home: Home, recordId: string): Promise<ReviewBody> {
  let found: ReviewBody | undefined;
  await until(`${recordId} is asked about`, async () => {
    const { items } = await home.json<PageBody<ReviewBody>>('reviews', 'ls');
    found = items.find((item) => item.recordId === recordId);
    return found !== undefined;
  });
  return found as ReviewBody;
}

describe('a place of an engine by a third party', () => {
  it('23a a change of one device reaches the file of the other once a person accepted it', async () => {
    for (const home of [desk, laptop]) {
      const { stdout } = await home.run('setup', '--yes', '--engines', 'reading');
      expect(stdout).toMatch(/^reading-list +yes +read and write /m);
    }
    const { items } = await laptop.json<PlaceShowBody>('places', 'show', 'reading-list');
    expect(items.map(({ id }) => id)).toEqual(['reading-list/Tides', 'reading-list/Stars']);
    await asked(desk, 'reading-list/Stars');
    await writeFile(at('ann'), '# mine\n[x] Tides\n');
    const item = await asked(laptop, 'reading-list/Tides');
    expect(await readFile(at('ben'), 'utf8')).toContain('[ ] Tides');
    await laptop.json('reviews', 'accept', item.id);
    await until('it is in the file', async () => (await readFile(at('ben'), 'utf8')).includes('[x] Tides'));
    expect(await readFile(at('ben'), 'utf8')).toBe('[x] Tides\n# ben\n[x] Stars\n');
  });

  it.each([
    ['throws', 'parse() { throw new Error("x"); }', 'it threw an error'],
    ['never ends', 'parse() { for (;;); }', 'it took more than'],
    [
      'does not answer',
      'parse: () => Array.prototype.includes.call({ length: 2 ** 53 }, 1)',
      'it did not answer in time',
    ],
    ['breaks its contract', 'parse: () => [{ id: "bash/alias/x", fields: {} }]', 'answers no list of units'],
  ])('23b doctor names a place whose engine %s, with the remedy', async (_how, parse, words) => {
    const script = join(laptop.folder, 'config', 'engines.d', 'reading.js');
    await writeFile(script, `exports.places = { "reading-list": { ${parse}, render: (text) => text } };`);
    await laptop.killDaemon('SIGTERM');
    await laptop.startDaemon({ HOME: join(stage.root, 'ben'), XDG_CONFIG_HOME: '' });
    const { ok, checks } = await laptop.json<DoctorBody>('doctor');
    expect(ok).toBe(false);
    expect(checks.find(({ name }) => name === 'place reading-list of sourceos.sync.reading')).toEqual({
      name: expect.any(String),
      ok: false,
      message: expect.stringMatching(new RegExp(`Nothing of it is read or written .*reading\\.js.*${words}`)),
      remedy: expect.stringContaining('sourcesync places off reading-list'),
    });
    expect(checks.filter((check) => check.name.startsWith('place ') && check.ok)).toEqual([]);
    expect(await readFile(at('ben'), 'utf8')).toBe('[x] Tides\n# ben\n[x] Stars\n');
  });

  it('23b doctor has nothing against one that works', async () => {
    const { checks } = await desk.json<DoctorBody>('doctor');
    expect(checks.filter(({ name }) => name.startsWith('place '))).toEqual([
      { name: 'place reading-list of sourceos.sync.reading', ok: true, message: '1 unit', remedy: null },
    ]);
  });
});
