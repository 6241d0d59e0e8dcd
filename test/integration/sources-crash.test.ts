import { readdirSync, utimesSync, watch, writeFileSync } from 'node:fs';
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
