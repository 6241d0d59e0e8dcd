import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { markFolder } from '../../src/sources/disk/root-mark.ts';
import type { Pause } from '../../src/sources/passes/source-state.ts';
import { type Folder, type FolderOverrides, openTestFolder, testLinkId } from '../unit/sources/twin.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

/** A folder of five files in step, as a daemon left it when it was stopped. */
async function stoppedFolder(overrides: FolderOverrides = {}): Promise<Folder> {
  const folder = openTestFolder(overrides);
  for (const name of names) {
    writeFileSync(folder.path(name), `text of ${name}`);
  }
  await folder.source.start();
  await folder.source.stop();
  return folder;
}

function startedAgain({ root, records, links }: Folder, overrides: FolderOverrides = {}): Folder {
  return openTestFolder({ root, memory: records, links, ...overrides });
}

/** Moves the folder away, as a disk that is not mounted; answers how it comes back. */
function unmount({ root }: Folder): () => void {
  const away = `${root}-away`;
  renameSync(root, away);
  onTestFinished(() => rmSync(away, { recursive: true, force: true }));
  return () => {
    rmSync(root, { recursive: true, force: true });
    renameSync(away, root);
  };
}

const liveRecords = ({ records }: Folder): number =>
  [...records.rows.values()].filter(({ state }) => state === 'live').length;

describe('a root that is not there', () => {
  it('F20 a missing root is no removal: the link pauses, and goes on when it is back', async () => {
    await using folder = await stoppedFolder();
    const mount = unmount(folder);
    await using again = startedAgain(folder);
    expect(await again.source.start()).toMatchObject({ outcome: 'paused' });
    expect(again.source.status()).toMatchObject({
      state: 'paused',
      watching: false,
      pause: { reason: 'root_missing' },
    });
    again.source.recordChanged(again.records.put('new', { text: 'from elsewhere', executable: false }));
    await again.source.settled();
    expect(existsSync(folder.root)).toBe(false);
    mount();
    expect(await again.source.rescan()).toMatchObject({ outcome: 'done' });
    expect(again.source.status()).toMatchObject({ state: 'following', pause: undefined, problems: [] });
    expect([liveRecords(again), readFileSync(folder.path('new'), 'utf8')]).toEqual([6, 'from elsewhere']);
  });

  it('F20 an empty folder in its place is another one: nothing is removed, nothing is written into it', async () => {
    await using folder = await stoppedFolder();
    const mount = unmount(folder);
    mkdirSync(folder.root);
    await using again = startedAgain(folder);
    await again.source.start();
    again.source.recordChanged(again.records.put('new', { text: 'from elsewhere', executable: false }));
    await again.source.settled();
    await again.source.rescan();
    expect(again.source.status()).toMatchObject({ state: 'paused', pause: { reason: 'root_unknown' } });
    expect([liveRecords(again), readdirSync(folder.root)]).toEqual([6, []]);
    mount();
    expect(await again.source.rescan()).toMatchObject({ outcome: 'done', recordsRemoved: 0 });
    expect(liveRecords(again)).toBe(6);
  });

  it('F20 the root goes under a running source: what comes in and what is hinted at does nothing', async () => {
    await using folder = openTestFolder();
    for (const name of names) {
      writeFileSync(folder.path(name), `text of ${name}`);
    }
    await folder.source.start();
    const mount = unmount(folder);
    mkdirSync(folder.root);
    for (const name of names) {
      folder.source.recordChanged(folder.records.put(name, { text: `newer text of ${name}`, executable: false }));
    }
    await folder.source.settled();
    expect([liveRecords(folder), readdirSync(folder.root)]).toEqual([5, []]);
    expect(folder.source.status().state).toBe('paused');
    mount();
    await folder.source.rescan();
    expect(readFileSync(folder.path('a'), 'utf8')).toBe('newer text of a');
  });

  it('F20 the root goes in the middle of a scan', async () => {
    let swap: (() => void) | undefined;
    await using folder = await stoppedFolder();
    await using again = startedAgain(folder, {
      disk: (real) => ({
        ...real,
        async *walk(...given) {
          yield* real.walk(...given);
          swap?.();
          swap = undefined;
        },
      }),
    });
    rmSync(folder.path('a'));
    swap = () => {
      unmount(folder);
      mkdirSync(folder.root);
    };
    await again.source.start();
    expect(liveRecords(again)).toBe(5);
    expect(readdirSync(folder.root)).toEqual([]);
  });

  it('F20 a link or a file in the place of the root is not the root', async () => {
    await using folder = await stoppedFolder();
    const mount = unmount(folder);
    symlinkSync(`${folder.root}-away`, folder.root);
    await using again = startedAgain(folder);
    expect(await again.source.start()).toMatchObject({ outcome: 'paused' });
    rmSync(folder.root);
    writeFileSync(folder.root, 'a file');
    expect(await again.source.rescan()).toMatchObject({ outcome: 'paused' });
    mount();
    expect(await again.source.rescan()).toMatchObject({ outcome: 'done', taken: 0, recordsRemoved: 0 });
  });
});

describe('how a root is known', () => {
  it('F25 by the mark of its link, which is never synced and which git leaves out', async () => {
    await using folder = await stoppedFolder();
    expect(readdirSync(folder.path(markFolder))).toEqual(['.gitignore', `link-${testLinkId}`]);
    expect(readFileSync(folder.path(join(markFolder, '.gitignore')), 'utf8')).toBe('*\n');
    expect([...folder.records.rows.keys()].toSorted()).toEqual(names);
  });

  it('F25 a record by the name of the mark is never written', async () => {
    await using folder = await stoppedFolder();
    await using again = startedAgain(folder);
    again.records.put(`${markFolder}/link-of-mine`, { text: 'x', executable: false });
    await again.source.start();
    expect(readdirSync(folder.path(markFolder))).toHaveLength(2);
  });

  it('F25 where the mark alone is gone, files that lie as they were make it anew', async () => {
    await using folder = await stoppedFolder();
    rmSync(folder.path(markFolder), { recursive: true });
    writeFileSync(folder.path('a'), 'edited meanwhile');
    await using again = startedAgain(folder);
    expect(await again.source.start()).toMatchObject({ outcome: 'done', taken: 1, recordsRemoved: 0 });
    expect(existsSync(folder.path(markFolder))).toBe(true);
  });

  it.each(['missing', 'there without its mark'] as const)(
    'F25 a folder that was %s and is put back in part: what is missing is written again, and nothing is removed',
    async (how) => {
      await using folder = await stoppedFolder();
      rmSync(how === 'missing' ? folder.root : folder.path(markFolder), { recursive: true });
      await using again = startedAgain(folder, { wasMarked: true });
      if (how === 'missing') {
        expect(await again.source.start()).toMatchObject({ outcome: 'paused' });
        mkdirSync(folder.root);
      }
      for (const name of ['a', 'b', 'c']) {
        writeFileSync(folder.path(name), `text of ${name}`);
      }
      for (const name of ['d', 'e']) {
        rmSync(folder.path(name), { force: true });
      }
      const report = how === 'missing' ? await again.source.rescan() : await again.source.start();
      expect(report).toMatchObject({ outcome: 'done', recordsRemoved: 0 });
      expect(liveRecords(again)).toBe(5);
      expect(names.map((name) => readFileSync(folder.path(name), 'utf8'))).toEqual(
        names.map((name) => `text of ${name}`),
      );
      rmSync(folder.path('d'));
      expect(await again.source.rescan()).toMatchObject({ outcome: 'done' });
      expect(liveRecords(again)).toBe(4);
    },
  );

  it('F25 the mark and most files gone: another folder; a person may say that it is the right one', async () => {
    await using folder = await stoppedFolder();
    rmSync(folder.path(markFolder), { recursive: true });
    for (const name of ['a', 'b', 'c']) {
      rmSync(folder.path(name));
    }
    await using again = startedAgain(folder);
    expect(await again.source.start()).toMatchObject({ outcome: 'paused' });
    for (const name of ['a', 'b', 'c']) {
      writeFileSync(folder.path(name), `text of ${name}`);
    }
    expect(await again.source.rescan()).toMatchObject({ outcome: 'paused' });
    expect(await again.source.resume()).toMatchObject({ outcome: 'done', recordsRemoved: 0 });
    expect(again.source.status().problems).toEqual([]);
  });

  it('F25 the copy of another linked folder in its place is said to be one', async () => {
    await using folder = await stoppedFolder();
    await using other = await stoppedFolder({ linkId: 'f'.repeat(32) });
    unmount(folder);
    cpSync(other.root, folder.root, { recursive: true });
    await using again = startedAgain(folder);
    await again.source.start();
    expect(again.source.status().pause).toMatchObject({ reason: 'root_of_another' });
    expect(again.codes()).toEqual(['root_of_another']);
  });

  it('F26 a pause is remembered over a restart, and told when it begins and ends', async () => {
    await using folder = await stoppedFolder();
    const told: (Pause | undefined)[] = [];
    const mount = unmount(folder);
    mkdirSync(folder.root);
    await using again = startedAgain(folder, { pauseChanged: (pause) => told.push(pause) });
    await again.source.start();
    await again.source.stop();
    // Most of the files are there again, and still it is not for counts to say.
    for (const name of names) {
      writeFileSync(folder.path(name), `text of ${name}`);
    }
    await using third = startedAgain(folder, { paused: told[0], pauseChanged: (pause) => told.push(pause) });
    expect(await third.source.start()).toMatchObject({ outcome: 'paused' });
    mount();
    expect(await third.source.rescan()).toMatchObject({ outcome: 'done' });
    expect(told).toEqual([{ reason: 'root_unknown', sinceMs: expect.any(Number) as number }, undefined]);
  });
});

describe('a root that was marked and is not there yet', () => {
  it('F25 an empty folder in its place is not taken for it, though nothing was ever in step', async () => {
    await using folder = openTestFolder();
    await folder.source.start();
    await folder.source.stop();
    const mount = unmount(folder);
    mkdirSync(folder.root);
    await using again = startedAgain(folder, { wasMarked: true });
    again.records.put('a', { text: 'from elsewhere', executable: false });
    expect(await again.source.start()).toMatchObject({ outcome: 'paused', written: 0 });
    mount();
    expect(await again.source.rescan()).toMatchObject({ outcome: 'done', written: 1 });
  });

  it('F27 after another folder was taken as new, the one before is another one', async () => {
    await using folder = await stoppedFolder();
    const mount = unmount(folder);
    mkdirSync(folder.root);
    await using again = startedAgain(folder);
    await again.source.adopt('a'.repeat(32));
    mount();
    expect(await again.source.rescan()).toMatchObject({ outcome: 'paused' });
    expect(again.source.status().pause).toMatchObject({ reason: 'root_of_another' });
  });
});

describe('a folder that is taken as new', () => {
  it('F27 missing files are written, and nothing is removed', async () => {
    await using folder = await stoppedFolder();
    unmount(folder);
    mkdirSync(folder.root);
    writeFileSync(folder.path('b'), 'text of b');
    writeFileSync(folder.path('mine'), 'mine');
    let adopted = 0;
    await using again = startedAgain(folder, { adopted: () => adopted++ });
    await again.source.start();
    expect(await again.source.adopt('a'.repeat(32))).toMatchObject({
      outcome: 'done',
      recordsRemoved: 0,
      written: 4,
      taken: 1,
    });
    expect(again.names()).toEqual([...names, 'mine']);
    expect([liveRecords(again), adopted, again.source.status().state]).toEqual([6, 1, 'following']);
  });

  it('F27 what was deleted elsewhere and lies in it is its person’s', async () => {
    await using folder = await stoppedFolder();
    folder.records.remove('c');
    await using again = startedAgain(folder);
    await again.source.adopt('a'.repeat(32));
    expect([again.records.text('c'), existsSync(folder.path('c'))]).toEqual(['text of c', true]);
  });
});
