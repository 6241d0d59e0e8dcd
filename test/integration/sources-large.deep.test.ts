import { appendFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Home,
  type RunningRelay,
  type Stage,
  filesBelow,
  openStage,
  pairedHomes,
  sameFiles,
  until,
} from '../helpers/processes.ts';
import { noise } from '../unit/blobs/setup.ts';

const mebibyte = 1024 * 1024;

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

async function linkedPair(): Promise<{ desk: Home; laptop: Home; left: string; right: string; relay: RunningRelay }> {
  const relay = await stage.startRelay();
  const { desk, laptop } = await pairedHomes(stage, relay);
  const [left, right] = [join(stage.root, 'left'), join(stage.root, 'right')];
  await mkdir(left);
  await mkdir(right);
  await desk.json('link', 'notes', left);
  await laptop.json('link', 'notes', right);
  return { desk, laptop, left, right, relay };
}

describe('a large file in a linked folder', () => {
  it('F60 arrives byte for byte, is changed, renamed and removed like any other', async () => {
    const { desk, laptop, left, right } = await linkedPair();
    const photo = noise(3 * mebibyte + 5, 1);
    await writeFile(join(left, 'photo.raw'), photo);
    await writeFile(join(left, 'small.md'), 'a small file\n');
    await until('both files have arrived', async () => sameFiles(left, right));
    expect(Buffer.compare(await readFile(join(right, 'photo.raw')), photo)).toBe(0);
    for (const home of [desk, laptop]) {
      await until('nothing is out of step', async () => {
        const links = await home.client().links();
        return links.ok && links.value.items[0]?.notInStep.count === 0 && links.value.items[0].files === 2;
      });
    }

    const changed = photo.slice();
    changed.set(noise(1000, 2), mebibyte);
    await writeFile(join(right, 'photo.raw'), changed);
    const isChanged = async (folder: string, name: string): Promise<boolean> =>
      (await filesBelow(folder)).has(name) && Buffer.from(changed).equals(await readFile(join(folder, name)));
    await until('the change has arrived', async () => isChanged(left, 'photo.raw'));
    await rename(join(left, 'photo.raw'), join(left, 'sunset.raw'));
    await until('the new name has arrived', async () => isChanged(right, 'sunset.raw'));
    expect([...(await filesBelow(right)).keys()].sort()).toEqual(['small.md', 'sunset.raw']);
    await rm(join(right, 'sunset.raw'));
    await until('the removal has arrived', async () => (await filesBelow(left)).size === 1);
  });

  it('F61 F62 several arrive whole though both daemons and the relay are killed on the way, and small ones do not wait', async () => {
    const { desk, laptop, left, right, relay } = await linkedPair();
    for (let index = 0; index < 6; index++) {
      await writeFile(join(left, `photo-${index}.raw`), noise((2 + index) * mebibyte + index, 10 + index));
    }
    const hasPart = async (folder: string): Promise<boolean> =>
      (await readdir(join(folder, '.sourcesync'))).some((name) => name.endsWith('.part'));
    await until('the relay has chunks', async () => {
      const scopes = await readdir(join(relay.folder, 'chunks')).catch(() => []);
      const kept = await Promise.all(scopes.map(async (scope) => readdir(join(relay.folder, 'chunks', scope))));
      return kept.flat().length > 4;
    });
    await desk.killDaemon('SIGKILL');
    await relay.kill('SIGKILL');
    await relay.restart();
    await desk.startDaemon();
    await until('the laptop begins to fetch', async () => hasPart(right));
    await laptop.killDaemon('SIGKILL');
    await writeFile(join(left, 'small.md'), 'a small file\n');
    await laptop.startDaemon();
    await relay.kill('SIGKILL');
    await relay.restart();
    await until('all of them have arrived', async () => sameFiles(left, right));
    expect((await filesBelow(right)).size).toBe(7);
    await until('nothing is left of what was under way', async () => !(await hasPart(right)));
  });

  it('F60 so does a picture that as text would be too long for a record, also where it was a text before', async () => {
    const { desk, laptop, left, right } = await linkedPair();
    const sizes = [763, 765, 900, 1023, 1024, 1025].map((kibibytes) => kibibytes * 1024);
    for (const size of sizes) {
      await writeFile(join(left, `picture-${size}.jpg`), noise(size, size));
    }
    for (const size of [mebibyte, mebibyte - 4096, mebibyte - 4095]) {
      await writeFile(join(left, `log-${size}.txt`), 'a line of a log\n'.repeat(mebibyte / 16).slice(0, size));
    }
    await writeFile(join(left, 'grows'), 'a text\n');
    await until('all of them have arrived', async () => sameFiles(left, right));
    await writeFile(join(right, 'grows'), noise(800 * 1024, 5));
    await until('what was a text has arrived', async () => sameFiles(left, right));
    await writeFile(join(left, 'grows'), noise(700 * 1024, 6));
    await until('what is no large file any more has arrived', async () => sameFiles(left, right));
    expect((await filesBelow(right)).size).toBe(sizes.length + 4);
    for (const home of [desk, laptop]) {
      await until('nothing is out of step', async () => {
        const links = await home.client().links();
        return links.ok && links.value.items[0]?.notInStep.count === 0;
      });
    }
  });

  it('F65 is named where it is larger than the setting says, and goes once the setting is higher', async () => {
    const { desk, left, right } = await linkedPair();
    await desk.json('config', 'set', 'folders.max_file_size', String(2 * mebibyte));
    const reason = async (): Promise<string> => {
      const links = await desk.client().links();
      return links.ok ? (links.value.items[0]?.notInStep.first[0]?.reason ?? '') : '';
    };
    await writeFile(join(left, 'photo.raw'), noise(3 * mebibyte, 30));
    await until('it is named', async () => (await reason()).includes('at most 2097152 can be synced'));
    await desk.json('config', 'set', 'folders.max_file_size', String(4 * mebibyte));
    await until('it has arrived', async () => sameFiles(left, right));
    expect((await filesBelow(right)).size).toBe(1);
  });

  it('F67 is brought again to a relay that lost what it held, so that whoever comes later gets it', async () => {
    const { desk, left, right, relay } = await linkedPair();
    await writeFile(join(left, 'photo.raw'), noise(3 * mebibyte, 21));
    await until('it has arrived', async () => sameFiles(left, right));
    const chunks = join(relay.folder, 'chunks');
    const kept = async (): Promise<readonly string[]> => {
      const names = await readdir(chunks, { recursive: true }).catch(() => []);
      return names.filter((name) => /[0-9a-f]{64}/.test(name)).sort();
    };
    const before = await kept();
    expect(before.length).toBeGreaterThan(8);
    await relay.kill('SIGKILL');
    await rm(chunks, { recursive: true });
    await relay.restart();
    await until('the relay has all of it again', async () => (await kept()).length >= before.length);
    expect(await kept()).toEqual(before);
    expect((await desk.json('doctor')) as { ok: boolean }).toMatchObject({ ok: true });
  });

  it('F64 is in step after a restart without a relay: nobody touched it, and it is not read again', async () => {
    const { desk, left, right, relay } = await linkedPair();
    await writeFile(join(left, 'photo.raw'), noise(2 * mebibyte, 40));
    await until('it has arrived', async () => sameFiles(left, right));
    const isInStep = async (): Promise<boolean> => {
      const links = await desk.client().links();
      const [link] = links.ok ? links.value.items : [];
      return link?.files === 1 && link.notInStep.count === 0 && link.lastScanAt !== null;
    };
    await until('it is in step', isInStep);
    await relay.kill('SIGKILL');
    await desk.killDaemon('SIGKILL');
    await desk.startDaemon();
    await until('it is in step again', isInStep);
    await appendFile(join(left, 'photo.raw'), 'more');
    await until('it waits for the relay once it is changed', async () => {
      const links = await desk.client().links();
      return links.ok && links.value.items[0]?.notInStep.first[0]?.reason.includes('waits for a relay') === true;
    });
    await relay.restart();
    await until('the change has arrived', async () => sameFiles(left, right));
    expect((await readFile(join(right, 'photo.raw'))).subarray(-4).toString()).toBe('more');
  });

  it('F68 is fetched when a person asks, who is told where it does not come', async () => {
    const { laptop, left, right, relay } = await linkedPair();
    await writeFile(join(left, 'photo.raw'), noise(3 * mebibyte, 50));
    await until('it has arrived', async () => sameFiles(left, right));
    const photo = join(right, 'photo.raw');
    await until('it is here', async () => (await laptop.run('link', 'fetch', photo)).code === 0);
    await relay.kill('SIGKILL');
    await appendFile(photo, 'more');
    await until('it is said why it does not go', async () => {
      const { code, stderr } = await laptop.run('link', 'fetch', photo);
      return code === 1 && stderr.includes('waits for a relay');
    });
    await relay.restart();
    await until('it is in step again', async () => (await laptop.run('link', 'fetch', photo)).code === 0);
    await until('the change has arrived', async () => sameFiles(left, right));

    const unknown = await laptop.run('link', 'fetch', join(right, 'no such.raw'));
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('Nothing in notes is called no such.raw'),
    ]);
    const outside = await laptop.run('link', 'fetch', join(stage.root, 'photo.raw'));
    expect([outside.code, outside.stderr]).toEqual([1, expect.stringContaining('lies in no linked folder')]);
  });
});
