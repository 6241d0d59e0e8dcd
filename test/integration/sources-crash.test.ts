import { readFileSync, readdirSync, statSync, utimesSync, watch, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../src/base/ids.ts';
import { type Folder, openTestFolder } from '../unit/sources/twin.ts';

describe('temporary files that a crash left', () => {
  it('F16 are swept as soon as the same device starts again, however fresh they are', async () => {
    await using folder = openTestFolder();
    const name = await temporaryNameOf(folder);
    writeFileSync(folder.path(name), 'half of a fi');
    await using again = openTestFolder({ root: folder.root, memory: folder.records, links: folder.links });
    await again.source.start();
    expect(readdirSync(folder.root)).toEqual(['a']);
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
    expect(readdirSync(folder.root)).toEqual([name, 'a']);
    utimesSync(folder.path(name), 1, 1);
    await other.source.rescan();
    expect(readdirSync(folder.root)).toEqual(['a']);
    expect(folder.records.edits).toEqual([]);
  });
});

describe('a crash between writing a file and noting that', () => {
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
