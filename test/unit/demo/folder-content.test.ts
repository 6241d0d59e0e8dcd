import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { contentOf } from '../../../src/demo/wait.ts';

it('a folder is read whole while a file in it is replaced again and again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ss-content-'));
  await writeFile(join(folder, 'kept'), 'as it is');
  let isDone = false;
  const replacing = (async () => {
    while (!isDone) {
      await writeFile(join(folder, 'copy.new'), 'whole');
      await rename(join(folder, 'copy.new'), join(folder, 'copy'));
    }
  })();
  onTestFinished(async () => {
    isDone = true;
    await replacing;
    await rm(folder, { recursive: true, force: true });
  });
  for (let reading = 0; reading < 300; reading += 1) {
    expect((await contentOf(folder)).get('kept')).toBe('as it is');
  }
});

it('a folder that is not there is said to be missing', async () => {
  await expect(contentOf(join(tmpdir(), 'ss-nowhere'))).rejects.toThrow('ENOENT');
});
