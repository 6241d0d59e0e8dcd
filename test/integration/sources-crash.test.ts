import { readFileSync, statSync, utimesSync, watch, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../src/base/ids.ts';
import { type Folder, createMemoryLinks, openTestFolder } from '../unit/sources/twin.ts';

describe('temporary files that a crash left', () => {
  it('F16 are swept as soon as the same device starts again, however fresh they are', async () => {
    await using folder = openTestFolder();
    const name = await temporaryNameOf(folder);
    writeFileSync(folder.path(name), 'half of a fi');
    await using again = openTestFolder({ root: folder.root, memory: folder.records, links: folder.links });
    await again.source.start();
    expect(folder.names()).toEqual(['a']);
    expect(folder.records.edits).toEqual([]);
  });

  it('F16 and may be in use by another device are left for an hour', async () => {
    await using folder = openTestFolder();
    const name = await temporaryNameOf(folder);
    writeFileSync(folder.path(name), 'half of a fi');
    await using other = openTestFolder({
      ...{ root: folder.root, memory: folder.records, links: folder.links },
      deviceId: 'another' as DeviceId,
    });
    await other.source.start();
    expect(folder.names()).toEqual([name, 'a']);
    utimesSync(folder.path(name), 1, 1);
    await other.source.rescan();
    expect(folder.names()).toEqual(['a']);
    expect(folder.records.edits).toEqual([]);
  });
});

describe('a crash between writing a file and noting that', () => {
  it('F10 what was about to be written was not edited by hand, and gives way to what came after it', async () => {
    await using folder = await crashedAfterWriting();
    folder.records.put('a', { text: 'top\n\nthree\n', executable: false });
    await using again = openTestFolder({ root: folder.root, memory: folder.records, links: folder.links });
    await again.source.start();
    expect(readFileSync(folder.path('a'), 'utf8')).toBe('top\n\nthree\n');
    expect(folder.records.text('a')).toBe('top\n\nthree\n');
    expect(folder.records.edits).toHaveLength(1);
  });

  it('F10 what was written is noted by the next pass, so that a later edit is made from it', async () => {
    await using folder = await crashedAfterWriting();
    await using again = openTestFolder({ root: folder.root, memory: folder.records, links: folder.links });
    await again.source.start();
    expect(folder.links.file(folder.root, 'a')).toMatchObject({ version: folder.records.rows.get('a')?.version });
    folder.records.put('a', { text: 'top\n\nthree\n', executable: false });
    writeFileSync(folder.path('a'), 'by hand\ntop\n\ntwo\n');
    await again.source.rescan();
    expect(folder.records.text('a')).toBe('by hand\ntop\n\nthree\n');
  });

  it('F3 makes no line twice when the file is edited before the daemon is back', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a'), 'one\n');
    await folder.source.start();
    await folder.source.stop();
    folder.records.put('a', { text: 'one\nfrom elsewhere\n', executable: false });
    writeFileSync(folder.path('a'), 'one\nfrom elsewhere\nby hand\n');
    await using again = openTestFolder({ root: folder.root, memory: folder.records, links: folder.links });
    await again.source.start();
    expect(folder.records.text('a')).toBe('one\nfrom elsewhere\nby hand\n');
    expect(readFileSync(folder.path('a'), 'utf8')).toBe('one\nfrom elsewhere\nby hand\n');
  });
});

describe('a file that holds part of what its record does', () => {
  it('F3 is written whole, and adds no change', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a'), 'one\n');
    await folder.source.start();
    folder.records.put('a', { text: 'one\ntwo\nthree\n', executable: true });
    writeFileSync(folder.path('a'), 'one\ntwo\n');
    await folder.source.rescan();
    expect(readFileSync(folder.path('a'), 'utf8')).toBe('one\ntwo\nthree\n');
    expect(folder.records.text('a')).toBe('one\ntwo\nthree\n');
    expect(folder.records.edits).toHaveLength(1);
  });

  it('F3 takes a mode that was changed elsewhere together with the same text', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a'), 'one\n');
    await folder.source.start();
    folder.records.put('a', { text: 'two\n', executable: true });
    writeFileSync(folder.path('a'), 'two\n');
    await folder.source.rescan();
    expect(statSync(folder.path('a')).mode & 0o100).toBe(0o100);
  });
});

/** A folder of the file `a`, which went from `one` to `two` by its record just before the end. */
async function crashedAfterWriting(): Promise<Folder> {
  const links = createMemoryLinks();
  let crashed = false;
  const folder = openTestFolder({
    links: { ...links, putFile: (root, file) => (crashed ? undefined : links.putFile(root, file)) },
    disk: (real) => ({
      ...real,
      async write(...write) {
        const answer = await real.write(...write);
        crashed = true;
        return answer;
      },
    }),
  });
  writeFileSync(folder.path('a'), 'top\n\none\n');
  await folder.source.start();
  folder.source.recordChanged(folder.records.put('a', { text: 'top\n\ntwo\n', executable: false }));
  await folder.source.settled();
  await folder.source.stop();
  return { ...folder, links };
}

/** Lets the source write a file, and stops it; answers the name under which the file was before it was whole. */
async function temporaryNameOf({ root, records, source }: Folder): Promise<string> {
  const seen = new Promise<string>((resolve) => {
    const watcher = watch(root, (_event, name) => {
      if (name?.endsWith('.tmp') === true) {
        watcher.close();
        resolve(name);
      }
    });
  });
  records.put('a', { text: 'one' });
  await source.start();
  await source.stop();
  return seen;
}
