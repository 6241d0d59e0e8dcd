import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReviewBody } from '../../src/api/types/reviews.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let hostile: Home;
let victim: Home;

beforeAll(async () => {
  stage = await openStage();
  ({ desk: hostile, laptop: victim } = await pairedHomes(stage, await stage.startRelay()));
});

afterAll(async () => {
  await stage.close();
});

const planted = ['.envrc', '.githooks/pre-commit', 'deploy'];

describe.each(['workspace', 'notes'])('what another device sends into a linked folder of %s', (engine) => {
  it('is no file where it runs by itself, until a person accepts it', async () => {
    const [from, to] = [join(stage.root, `${engine}-from`), join(stage.root, `${engine}-to`)];
    await mkdir(join(from, '.githooks'), { recursive: true });
    await mkdir(to);
    await hostile.json('link', engine, from);
    await victim.json('link', engine, to);
    for (const name of planted) {
      const mode = name === 'deploy' ? 0o755 : 0o644;
      await writeFile(join(from, name), `#!/bin/sh\necho ${name}\n`, { mode });
    }
    await writeFile(join(from, 'README.md'), 'read me\n');
    await writeFile(join(from, 'package.json'), '{"name": "x"}\n');

    await until('each of them is asked about', async () => (await waiting(engine)).length === planted.length);
    await until('what is harmless has arrived', async () => {
      const there = await readdir(to);
      return there.includes('README.md') && there.includes('package.json');
    });
    const items = await waiting(engine);
    expect(items.map(({ recordId }) => recordId).sort()).toEqual([...planted].sort());
    expect(items.every(({ summary }) => summary.includes('runs by itself: '))).toBe(true);
    const there = await readdir(to, { recursive: true });
    expect(planted.filter((name) => there.includes(name))).toEqual([]);

    expect((await victim.run('link', 'ls', to)).stdout).toContain(`Changes of ${engine} wait for your word`);

    for (const { id } of items) {
      await victim.json('reviews', 'accept', id);
    }
    await until('they are files', async () => {
      const texts = await Promise.all(planted.map((name) => readFile(join(to, name), 'utf8').catch(() => '')));
      return texts.every((text, index) => text === `#!/bin/sh\necho ${planted[index]}\n`);
    });
    await until('the program may be run', async () => ((await stat(join(to, 'deploy'))).mode & 0o111) !== 0);
    expect(await waiting(engine)).toEqual([]);
    expect((await victim.run('link', 'ls', to)).stdout).toMatch(/Every file is\.\n$/);

    const undone = await victim.run('reviews', 'undo', items[0]?.id ?? '');
    expect([undone.code, undone.stderr]).toEqual([expect.any(Number), expect.stringContaining('records rollback')]);
    expect(undone.code).toBeGreaterThan(0);

    await writeFile(join(from, 'deploy'), '#!/bin/sh\necho again\n');
    await writeFile(join(to, 'own'), '#!/bin/sh\n', { mode: 0o755 });
    await until('a later text of the program arrives unasked', async () =>
      (await readFile(join(to, 'deploy'), 'utf8')).includes('again'),
    );
    expect(await waiting(engine)).toEqual([]);
  });
});

describe('what a person let in and takes back', () => {
  it('F8a is no file any more, can be let in again, and takes no own edit along', async () => {
    const [from, to] = [join(stage.root, 'shell-from'), join(stage.root, 'shell-to')];
    await mkdir(from);
    await mkdir(to);
    await hostile.json('link', 'shell', from);
    await victim.json('link', 'shell', to);
    const names = ['deploy', 'edited'];
    for (const name of names) {
      await writeFile(join(from, name), `#!/bin/sh\necho ${name}\n`, { mode: 0o755 });
    }
    await until('each of them is asked about', async () => (await waiting('shell')).length === names.length);
    const items = await waiting('shell');
    for (const { id } of items) {
      await victim.json('reviews', 'accept', id);
    }
    await until('they are files', async () => {
      const there = await readdir(to);
      return names.every((name) => there.includes(name));
    });
    const mine = '#!/bin/sh\necho mine\n';
    await writeFile(join(to, 'edited'), mine);
    await until('the edit made here is a version', async () =>
      (await victim.run('records', 'get', 'shell', 'edited')).stdout.includes('mine'),
    );

    for (const { id } of items) {
      await victim.run('reviews', 'undo', id);
    }
    await until('what only others wrote is gone', async () => !(await readdir(to)).includes('deploy'));
    expect(await readFile(join(to, 'edited'), 'utf8')).toBe(mine);
    const again = (await waiting('shell')).find(({ recordId }) => recordId === 'deploy');
    await victim.json('reviews', 'accept', again?.id ?? '');
    await until('it is there again', async () => (await readdir(to)).includes('deploy'));
  });
});

async function waiting(engine: string): Promise<readonly ReviewBody[]> {
  const { items } = await victim.json<{ items: readonly ReviewBody[] }>('reviews', 'ls');
  return items.filter(({ collection }) => collection === engine);
}
