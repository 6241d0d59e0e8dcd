import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/sources/disk/disk-port.ts';
import { watchFolder } from '../../src/sources/disk/watch-folder.ts';
import { type Folder, openTestFolder } from '../unit/sources/twin.ts';

/** Follows the folder, changes it, and answers the edits of `a.md` once everything that was hinted at is done. */
async function editsAfter(folder: Folder, change: () => void): Promise<readonly (string | undefined)[]> {
  writeFileSync(folder.path('a.md'), 'before');
  await folder.source.start();
  await folder.source.settled();
  const known = folder.records.edits.length;
  change();
  await folder.records.until(() => folder.records.edits.length > known);
  await sentinel(folder);
  const edits = folder.records.edits.slice(known).filter((edit) => edit.id !== 'sentinel');
  return edits.map(({ id, intent }) => {
    const value = intent.kind === 'patch' ? intent.patch[0] : undefined;
    return `${id}: ${value?.op === 'add' ? JSON.stringify(value.value) : intent.kind}`;
  });
}

/** A later change of the same folder: when it was taken, whatever came before it was looked at. */
async function sentinel(folder: Folder): Promise<void> {
  writeFileSync(folder.path('sentinel'), String(folder.records.edits.length));
  await folder.records.until(() => folder.records.edits.some((edit) => edit.id === 'sentinel'));
  await folder.source.settled();
  await folder.source.rescan();
  await folder.source.settled();
}

describe('F31 a name that no record can have', () => {
  it('F31 is said when the file appears, and no more once it is gone', async () => {
    await using folder = openTestFolder({ watch: true });
    await folder.source.start();
    await folder.source.settled();
    const codes = (): readonly string[] => folder.source.status().problems.map(({ code, path }) => `${code} ${path}`);
    const noticed = async (name: string): Promise<void> => {
      writeFileSync(folder.path(name), 'x');
      await folder.records.until(() => folder.records.rows.has(name));
      await folder.source.settled();
    };
    writeFileSync(folder.path('tab\there.md'), 'x');
    await noticed('one');
    expect(codes()).toEqual(['name_unusable tab\\there.md']);
    rmSync(folder.path('tab\there.md'));
    await noticed('two');
    expect(codes()).toEqual([]);
  });
});

describe('F31 an editor saves: one change with the final content', () => {
  it('F31 rename over', async () => {
    await using folder = openTestFolder({ watch: true });
    const edits = await editsAfter(folder, () => {
      writeFileSync(folder.path('.a.md.new'), 'after');
      renameSync(folder.path('.a.md.new'), folder.path('a.md'));
    });
    expect(edits).toEqual(['a.md: "after"']);
  });

  it('F31 vim: probe, backup, write, swap file', async () => {
    await using folder = openTestFolder({ watch: true });
    const edits = await editsAfter(folder, () => {
      writeFileSync(folder.path('.a.md.swp'), 'swap');
      writeFileSync(folder.path('4913'), '');
      unlinkSync(folder.path('4913'));
      renameSync(folder.path('a.md'), folder.path('a.md~'));
      writeFileSync(folder.path('a.md'), 'after');
      unlinkSync(folder.path('a.md~'));
      unlinkSync(folder.path('.a.md.swp'));
    });
    expect(edits).toEqual(['a.md: "after"']);
  });

  it('F31 truncate and write in pieces', async () => {
    await using folder = openTestFolder({ watch: true });
    const edits = await editsAfter(folder, () => {
      truncateSync(folder.path('a.md'));
      const file = openSync(folder.path('a.md'), 'r+');
      for (const piece of ['af', 'te', 'r']) {
        writeSync(file, piece);
      }
      closeSync(file);
    });
    expect(edits).toEqual(['a.md: "after"']);
  });

  it('F31 append in place', async () => {
    await using folder = openTestFolder({ watch: true });
    const edits = await editsAfter(folder, () => appendFileSync(folder.path('a.md'), ' and after'));
    expect(edits).toEqual(['a.md: "before and after"']);
  });

  it('F31 a burst of delete and recreate', async () => {
    await using folder = openTestFolder({ watch: true });
    const edits = await editsAfter(folder, () => {
      for (let round = 0; round < 50; round++) {
        unlinkSync(folder.path('a.md'));
        writeFileSync(folder.path('a.md'), `round ${round}`);
      }
    });
    expect(edits).toEqual(['a.md: "round 49"']);
  });

  it('F31 delete, and recreate in a later turn', async () => {
    await using folder = openTestFolder({ watch: true, removalDelayMs: 5000 });
    const edits = await editsAfter(folder, () => {
      unlinkSync(folder.path('a.md'));
      setImmediate(() => writeFileSync(folder.path('a.md'), 'after'));
    });
    expect(edits).toEqual(['a.md: "after"']);
  });
});

describe('watching', () => {
  it('F31 a deleted file removes its record, a moved folder moves its records', async () => {
    await using folder = openTestFolder({ watch: true });
    for (const name of ['b', 'c', 'd', 'e']) {
      writeFileSync(folder.path(name), name);
    }
    mkdirSync(folder.path('sub/deep'), { recursive: true });
    writeFileSync(folder.path('sub/deep/x'), 'x');
    await folder.source.start();
    await folder.source.settled();
    unlinkSync(folder.path('b'));
    await folder.records.until(() => folder.records.rows.get('b')?.state === 'tombstoned');
    renameSync(folder.path('sub'), folder.path('moved'));
    await folder.records.until(
      () =>
        folder.records.text('moved/deep/x') === 'x' && folder.records.rows.get('sub/deep/x')?.state === 'tombstoned',
    );
    expect([...folder.records.rows.values()].filter((row) => row.state === 'live')).toHaveLength(4);
  });

  it('F31 files in folders that have just been made are taken', async () => {
    await using folder = openTestFolder({ watch: true });
    await folder.source.start();
    await folder.source.settled();
    mkdirSync(folder.path('one/two'), { recursive: true });
    writeFileSync(folder.path('one/two/a.md'), 'x');
    await folder.records.until(() => folder.records.text('one/two/a.md') === 'x');
    writeFileSync(folder.path('one/two/a.md'), 'longer');
    await folder.records.until(() => folder.records.text('one/two/a.md') === 'longer');
    expect(folder.problems).toEqual([]);
  });

  it('F32 writing files causes no change', async () => {
    await using folder = openTestFolder({ watch: true });
    await folder.source.start();
    await folder.source.settled();
    for (let index = 0; index < 50; index++) {
      folder.source.recordChanged(folder.records.put(`f${index}`, { text: `${index}`, executable: false }));
    }
    await folder.source.settled();
    await sentinel(folder);
    expect(folder.records.edits.map((edit) => edit.id)).toEqual(['sentinel']);
    expect(readFileSync(folder.path('f49'), 'utf8')).toBe('49');
  });

  it.each([
    [200, true],
    [201, false],
  ])('F35 while %i changed records are written the watcher goes on: %s', async (count, goesOn) => {
    const watching = new Set<boolean>();
    const disk = (real: Disk): Disk => ({
      ...real,
      write: async (...parameters) => {
        watching.add(folder.source.status().watching);
        return real.write(...parameters);
      },
    });
    await using folder = openTestFolder({ watch: true, disk });
    await folder.source.start();
    await folder.source.settled();
    const before = folder.source.status().lastScan;
    for (let index = 0; index < count; index++) {
      folder.source.recordChanged(folder.records.put(`f${index}`, { text: `${index}`, executable: false }));
    }
    await folder.source.settled();
    expect([...watching]).toEqual([goesOn]);
    expect(folder.source.status().watching).toBe(true);
    expect(folder.source.status().lastScan === before).toBe(goesOn);
  });

  it('F40 new rules are read when they are saved', async () => {
    await using folder = openTestFolder({ watch: true });
    await folder.source.start();
    await folder.source.settled();
    writeFileSync(folder.path('.syncignore'), 'secret*\n');
    writeFileSync(folder.path('secret.md'), 'x');
    await sentinel(folder);
    expect(folder.records.edits.map((edit) => edit.id).toSorted()).toEqual(['.syncignore', 'sentinel']);
  });

  it('F30 what the watcher missed is found by the regular pass', async () => {
    await using folder = openTestFolder({ watch: true, rescanEveryMs: 20, quietMs: 100_000 });
    writeFileSync(folder.path('a.md'), 'before');
    await folder.source.start();
    await folder.source.settled();
    writeFileSync(folder.path('a.md'), 'after!');
    writeFileSync(folder.path('b.md'), 'new');
    await folder.records.until(() => folder.records.text('a.md') === 'after!' && folder.records.text('b.md') === 'new');
    expect(folder.records.edits).toHaveLength(3);
  });

  it('F30 F20 a root that goes away and comes back is followed again without being asked', async () => {
    await using folder = openTestFolder({ watch: true, rescanEveryMs: 20 });
    writeFileSync(folder.path('a.md'), 'before');
    await folder.source.start();
    renameSync(folder.root, `${folder.root}-away`);
    await folder.source.rescan();
    expect(folder.source.status().state).toBe('paused');
    writeFileSync(`${folder.root}-away/b.md`, 'while away');
    renameSync(`${folder.root}-away`, folder.root);
    await folder.records.until(() => folder.records.text('b.md') === 'while away');
    expect(folder.records.text('a.md')).toBe('before');
  });

  it('F34 scans asked for together share one pass, and none runs after the stop', async () => {
    await using folder = openTestFolder({ watch: true });
    const [first, second] = [folder.source.start(), folder.source.rescan()];
    expect(await first).toBe(await second);
    await folder.source.stop();
    expect((await folder.source.rescan()).outcome).toBe('stopped');
    rmSync(folder.root, { recursive: true });
  });
});

describe('a root that is gone when it is to be watched', () => {
  it('F31 what lies beside it is neither asked about nor hinted at', async () => {
    const parent = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-watch-')));
    writeFileSync(join(parent, 'beside'), '');
    const asked: string[] = [];
    const skips = (path: string): boolean => {
      asked.push(path);
      return false;
    };
    await new Promise<void>((resolve, reject) => {
      const watch = watchFolder(join(parent, 'root'), skips, {
        onHint: (path) => void asked.push(path),
        onFolder: () => undefined,
        onReady: () => {
          watch.close().then(resolve, reject);
        },
        onError: reject,
      });
    });
    rmSync(parent, { recursive: true });
    expect(asked.filter((path) => path.startsWith('..'))).toEqual([]);
  });
});
