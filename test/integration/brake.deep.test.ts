import { rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineBody } from '../../src/api/types/bodies.ts';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { type Home, type Stage, filesBelow, openStage, pairedHomes, until } from '../helpers/processes.ts';

const fileCount = 30;

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

describe('a linked folder that lost all of its files', () => {
  it('is asked about before a record goes; rejected the files are back, accepted the other home is asked too', async () => {
    const { desk, laptop, folder } = await linkedHomes();

    empty(folder);
    await desk.json('sync', 'now');
    const first = await brakeOf(desk);
    // A busy machine may see the first of them gone before the others are: those come back with the rest.
    expect(first.summary).toMatch(
      new RegExp(`^delete \\d+ of ${fileCount} records, as the files of ${folder} say, .*may go unasked`),
    );
    expect((await engine(desk)).state).toBe('review_required');
    expect(await live(desk)).toBeGreaterThan(0);
    expect((await desk.run('reviews', 'show', first.id)).code).toBe(0);
    await desk.json('reviews', 'reject', first.id);
    await until('the files are back', async () => (await texts(folder)) === fileCount);
    expect(await readFile(join(folder, 'f7.md'), 'utf8')).toBe(textOf('text', 7));

    empty(folder);
    await desk.json('sync', 'now');
    await desk.json('reviews', 'accept', (await brakeOf(desk)).id);
    await until('the records are deleted', async () => (await live(desk)) === 0);
    await until('the laptop holds it', async () => (await brakes(laptop)).length === 1);
    const held = await brakeOf(laptop);
    expect(held.summary).toMatch(new RegExp(`^delete \\d+ of ${fileCount} records`));
    expect(await live(laptop)).toBeGreaterThan(0);
    expect((await engine(laptop)).state).toBe('review_required');

    await laptop.json('reviews', 'reject', held.id);
    expect((await laptop.run('reviews', 'accept', held.id)).code).toBe(1);
    await until('both have every record again', async () => (await live(desk)) === fileCount);
    await until('and the folder every file', async () => (await texts(folder)) === fileCount);
    expect(await brakes(desk)).toEqual([]);
  });
});

describe('a linked folder of which every file was overwritten', () => {
  it('is asked about before a record follows, over a restart; what the other home rejects is back here', async () => {
    const { desk, laptop, folder } = await linkedHomes();

    // At rest the folder is read whole at the next start, so that all of it is one change.
    await desk.killDaemon('SIGTERM');
    await fill(folder, 'scrambled');
    await desk.startDaemon();
    const first = await brakeOf(desk);
    expect(first.summary).toContain(`replace ${fileCount} of ${fileCount} records, as the files of ${folder} say,`);
    await desk.killDaemon('SIGKILL');
    await desk.startDaemon();
    expect((await brakeOf(desk)).id).toBe(first.id);
    expect(await bodyOn(desk)).toContain('text 7');
    await desk.json('reviews', 'accept', first.id);
    await until('the records follow', async () => (await bodyOn(desk)).includes('scrambled 7'));
    await until('the laptop holds it', async () => (await brakes(laptop)).length === 1);
    expect(await bodyOn(laptop)).toContain('text 7');

    await laptop.json('reviews', 'reject', (await brakeOf(laptop)).id);
    const original = textOf('text', 7);
    await until('the files are back', async () => (await readFile(join(folder, 'f7.md'), 'utf8')) === original);
    expect([await brakes(desk), await brakes(laptop)]).toEqual([[], []]);
  });
});

async function bodyOn(home: Home): Promise<string> {
  return JSON.stringify(await home.client().record('workspace', 'f7.md'));
}

async function fill(folder: string, word = 'text'): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < fileCount; index++) {
    await writeFile(join(folder, `f${index}.md`), textOf(word, index));
  }
}

/** Enough lines to be replaced by others: a note of a few is rewritten every day. */
function textOf(word: string, index: number): string {
  return Array.from({ length: 12 }, (_, line) => `${word} ${index} ${word}${line}\n`).join('');
}

/** Files of the folder that are whole: a temporary one beside them is on its way. */
async function texts(folder: string): Promise<number> {
  return [...(await filesBelow(folder)).keys()].filter((name) => /^f\d+\.md$/.test(name)).length;
}

/** In one breath, so that no pass of the daemon sees a part of it. */
function empty(folder: string): void {
  for (let index = 0; index < fileCount; index++) {
    rmSync(join(folder, `f${index}.md`));
  }
}

async function engine(home: Home): Promise<EngineBody> {
  return home.json<EngineBody>('engines', 'show', 'workspace');
}

async function live(home: Home): Promise<number> {
  return (await engine(home)).counts.live;
}

async function brakes(home: Home): Promise<readonly ReviewBody[]> {
  const { items } = await home.json<{ items: readonly ReviewBody[] }>('reviews', 'ls', '--engine', 'workspace');
  return items.filter(({ kind }) => kind === 'brake');
}

async function brakeOf(home: Home): Promise<ReviewBody> {
  await until('the brake holds', async () => (await brakes(home)).length > 0);
  const items = await brakes(home);
  expect(items).toHaveLength(1);
  return items[0] as ReviewBody;
}

/** Two homes with the records of a folder that is linked on the desk. */
async function linkedHomes(): Promise<{ desk: Home; laptop: Home; folder: string }> {
  const { desk, laptop } = await pairedHomes(stage, await stage.startRelay());
  const folder = join(stage.root, 'notes');
  await fill(folder);
  await desk.json('link', 'workspace', folder);
  await until('every record has arrived', async () => (await live(laptop)) === fileCount);
  return { desk, laptop, folder };
}
