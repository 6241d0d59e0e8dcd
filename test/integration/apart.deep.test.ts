import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, type Stage, openStage, pairedHomes, sameFiles, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

interface ReviewList {
  readonly items: readonly { readonly id: string; readonly kind: string; readonly recordId: string }[];
}

describe('two homes that work apart', () => {
  it('in a folder of the workspace both edits of different lines are in the file, and only the same line waits', async () => {
    const { desk, laptop } = await pairedHomes(stage, await stage.startRelay());
    const [left, right] = [join(stage.root, 'left'), join(stage.root, 'right')];
    await mkdir(left);
    await mkdir(right);
    await desk.json('link', 'workspace', left);
    await laptop.json('link', 'workspace', right);
    for (const name of ['lines.txt', 'line.txt']) {
      await writeFile(join(left, name), 'one\ntwo\nthree\nfour\nfive\n');
    }
    await until('the files have arrived', async () => sameFiles(left, right));
    await until('both are noted', async () => (await filesNoted(laptop)) === 2);

    await desk.json('sync', 'pause');
    await laptop.json('sync', 'pause');
    await writeFile(join(left, 'lines.txt'), 'ONE\ntwo\nthree\nfour\nfive\n');
    await writeFile(join(right, 'lines.txt'), 'one\ntwo\nthree\nfour\nFIVE\n');
    await writeFile(join(left, 'line.txt'), 'one\ntwo\nhere\nfour\nfive\n');
    await writeFile(join(right, 'line.txt'), 'one\ntwo\nthere\nfour\nfive\n');
    await desk.json('sync', 'resume');
    await laptop.json('sync', 'resume');

    await until('both edits are in both files', async () => {
      const texts = await Promise.all([left, right].map((folder) => readFile(join(folder, 'lines.txt'), 'utf8')));
      return texts.every((text) => text === 'ONE\ntwo\nthree\nfour\nFIVE\n');
    });
    await until('the same line waits on both', async () => {
      const queues = await Promise.all([desk, laptop].map(openReviews));
      return queues.every((items) => items.map(({ recordId }) => recordId).join(' ') === 'line.txt');
    });
    const [item] = await openReviews(laptop);
    expect(item?.kind).toBe('conflict');
    await laptop.json('reviews', 'accept', item?.id ?? '');
    await until('the decision is everywhere', async () => {
      const queues = await Promise.all([desk, laptop].map(openReviews));
      return queues.flat().length === 0 && (await sameFiles(left, right));
    });
  });

  it('a value of a shared document that both set is asked about, and a decision ends it', async () => {
    const { desk, laptop } = await pairedHomes(stage, await stage.startRelay());
    await desk.client().putRecord('presence', 'layout', { kind: 'layout', data: { x: 0 } });
    await until('the record has arrived', async () => (await valueAt(laptop)) === 0);
    await desk.json('sync', 'pause');
    await laptop.json('sync', 'pause');
    await desk.client().putRecord('presence', 'layout', { kind: 'layout', data: { x: 1 } });
    await laptop.client().putRecord('presence', 'layout', { kind: 'layout', data: { x: 2 } });
    await desk.json('sync', 'resume');
    await laptop.json('sync', 'resume');
    await until('both ask', async () =>
      (await Promise.all([desk, laptop].map(openReviews))).every((items) => items.length === 1),
    );
    const live = await valueAt(desk);
    const [item] = await openReviews(desk);
    expect(item?.kind).toBe('conflict');
    await desk.json('reviews', 'reject', item?.id ?? '');
    await until('the other value is live on both', async () => {
      const values = await Promise.all([desk, laptop].map(valueAt));
      return values.every((value) => value === (live === 1 ? 2 : 1)) && (await openReviews(laptop)).length === 0;
    });
  });
});

async function openReviews(home: Home): Promise<ReviewList['items']> {
  return ((await home.json('reviews', 'ls')) as ReviewList).items;
}

async function filesNoted(home: Home): Promise<number | undefined> {
  const links = await home.client().links();
  return links.ok ? links.value.items[0]?.files : undefined;
}

async function valueAt(home: Home): Promise<unknown> {
  const record = await home.client().record('presence', 'layout');
  const data = record.ok ? record.value.fields?.['data'] : undefined;
  return (data as { readonly x?: unknown } | undefined)?.x;
}
