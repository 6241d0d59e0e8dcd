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
}, 60_000);

afterAll(async () => {
  await stage.close();
});

const planted = ['.envrc', '.githooks/pre-commit', 'deploy'];

describe.each(['workspace', 'notes'])('what another device sends into a linked folder of %s', (engine) => {
  it('is no file where it runs by itself, until a person accepts it', { timeout: 120_000 }, async () => {
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

    await writeFile(join(from, 'deploy'), '#!/bin/sh\necho again\n');
    await writeFile(join(to, 'own'), '#!/bin/sh\n', { mode: 0o755 });
    await until('a later text of the program arrives unasked', async () =>
      (await readFile(join(to, 'deploy'), 'utf8')).includes('again'),
    );
    expect(await waiting(engine)).toEqual([]);
  });
});

async function waiting(engine: string): Promise<readonly ReviewBody[]> {
  const { items } = await victim.json<{ items: readonly ReviewBody[] }>('reviews', 'ls');
  return items.filter(({ collection }) => collection === engine);
}
