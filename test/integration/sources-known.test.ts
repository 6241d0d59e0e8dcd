import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { err } from '../../src/base/result.ts';
import type { Disk } from '../../src/sources/disk/disk-port.ts';
import { type Folder, createMemoryLinks, createMemoryRecords, openTestFolder } from '../unit/sources/twin.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const merging = (): ReturnType<typeof createMemoryRecords> =>
  Object.assign(createMemoryRecords(), { mergesAtBase: () => true });

/** A folder of two files that was in step, and is linked again without a note of it. */
async function unlinkedFolder(): Promise<Folder> {
  const folder = openTestFolder({ memory: merging() });
  writeFileSync(folder.path('kept'), 'one\n');
  writeFileSync(folder.path('gone'), 'of old\n');
  await folder.source.start();
  await folder.source.stop();
  return folder;
}

function relinked({ root, records }: Folder, links = createMemoryLinks()): Folder {
  return openTestFolder({ root, memory: records, links });
}

describe('files of which nothing is noted', () => {
  it('F28 that are a version that history knows are that version: no twin, no conflict, no resurrection', async () => {
    await using folder = await unlinkedFolder();
    folder.records.put('kept', { text: 'one\ntwo\n', executable: false });
    folder.records.remove('gone');
    await using again = relinked(folder);
    expect(await again.source.start()).toMatchObject({ taken: 0, merged: 0, written: 1, filesRemoved: 1 });
    expect([read(folder.path('kept')), existsSync(folder.path('gone'))]).toEqual(['one\ntwo\n', false]);
    expect(again.names()).toEqual(['kept']);
  });

  it('F28 a deletion that was collected is one all the same', async () => {
    await using folder = await unlinkedFolder();
    folder.records.collect('gone');
    await using again = relinked(folder);
    await again.source.start();
    expect(existsSync(folder.path('gone'))).toBe(false);
    expect(again.records.rows.has('gone')).toBe(false);
  });

  it('F28 anything else is what its person wrote, also where a record was deleted', async () => {
    await using folder = await unlinkedFolder();
    folder.records.remove('gone');
    writeFileSync(folder.path('gone'), 'written since\n');
    await using again = relinked(folder);
    await again.source.start();
    expect(again.records.text('gone')).toBe('written since\n');
  });
});

describe('files that go back to what they were', () => {
  it.each([
    [20, []],
    [21, [21]],
  ])('F31 %i in one pass call for a restore point: %j', async (count, expected) => {
    const told: number[] = [];
    await using folder = openTestFolder({ memory: merging(), goingBack: (files) => told.push(files) });
    const names = Array.from({ length: count }, (_, index) => `f${index}`);
    const save = async (text: string): Promise<void> => {
      names.forEach((name) => writeFileSync(folder.path(name), text));
      await folder.source.rescan();
    };
    await folder.source.start();
    await save('one\n');
    await save('two\n');
    await save('three\n');
    expect(told).toEqual([]);
    await save('one\n');
    expect(told).toEqual(expected);
  });
});

describe('files of which something is noted', () => {
  it('F29 what differs from the note is an edit made now, whatever version it equals', async () => {
    await using folder = openTestFolder({ memory: merging() });
    writeFileSync(folder.path('a'), 'one\n');
    await folder.source.start();
    writeFileSync(folder.path('a'), 'two\n');
    await folder.source.rescan();
    writeFileSync(folder.path('a'), 'one\n');
    await folder.source.rescan();
    expect(folder.records.text('a')).toBe('one\n');
    expect(folder.records.edits).toHaveLength(3);
  });

  it('F29 a file that was removed here and appears again is undeleted, also over a restart', async () => {
    await using folder = openTestFolder({ memory: merging() });
    writeFileSync(folder.path('a'), 'one\n');
    await folder.source.start();
    renameSync(folder.path('a'), `${folder.root}-a`);
    await folder.source.rescan();
    expect(folder.records.rows.get('a')?.state).toBe('tombstoned');
    await folder.source.stop();
    renameSync(`${folder.root}-a`, folder.path('a'));
    await using again = relinked(folder, folder.links as ReturnType<typeof createMemoryLinks>);
    await again.source.start();
    expect(again.records.text('a')).toBe('one\n');
  });

  it('F29 so is one that another device deleted', async () => {
    await using folder = openTestFolder({ memory: merging() });
    writeFileSync(folder.path('a'), 'one\n');
    await folder.source.start();
    folder.source.recordChanged(folder.records.remove('a'));
    await folder.source.settled();
    expect(existsSync(folder.path('a'))).toBe(false);
    writeFileSync(folder.path('a'), 'one\n');
    await folder.source.rescan();
    expect(folder.records.text('a')).toBe('one\n');
  });
});

describe('F44 copies that an earlier version put beside files', () => {
  it('are named, and removed when a person asks; what was changed since is no copy', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('seen'), 'the other text');
    writeFileSync(folder.path('edited.kept-00000000.md'), 'mine by now');
    await folder.source.start();
    const [seen] = folder.links.files(folder.root).filter(({ path }) => path === 'seen');
    const copy = `plan.kept-${seen?.hash?.slice(0, 8)}.md`;
    writeFileSync(folder.path(copy), 'the other text');
    writeFileSync(folder.path('plan.md'), 'the text');
    await folder.source.rescan();
    expect(folder.source.status().problems.map(({ code }) => code)).toEqual(['old_copy']);
    expect(await folder.source.clean(false)).toEqual([copy]);
    expect(folder.names()).toContain(copy);
    expect(await folder.source.clean(true)).toEqual([copy]);
    expect(folder.names().toSorted()).toEqual(['edited.kept-00000000.md', 'plan.md', 'seen']);
    expect([folder.records.rows.get(copy)?.state, folder.records.text('plan.md')]).toEqual(['tombstoned', 'the text']);
  });
});

describe('a crash among new files', () => {
  it('F10 what was written and not noted any more is no stranger: it is not kept from being deleted or edited', async () => {
    await using folder = await crashedAmongNewFiles();
    folder.records.put('edited', { text: 'second version', executable: false });
    folder.records.remove('deleted');
    await using again = relinked(folder, folder.links as ReturnType<typeof createMemoryLinks>);
    await again.source.start();
    expect(again.records.edits).toEqual([]);
    expect([read(folder.path('edited')), existsSync(folder.path('deleted'))]).toEqual(['second version', false]);
  });

  it('F10 what a person wrote at a path that was about to be written is theirs', async () => {
    const failing = (real: Disk): Disk => ({ ...real, write: () => Promise.resolve(err('disk_full')) });
    await using folder = openTestFolder({ memory: merging(), disk: failing });
    folder.records.put('a', { text: 'theirs\n', executable: false });
    await folder.source.start();
    await folder.source.stop();
    writeFileSync(folder.path('a'), 'mine\n');
    await using again = relinked(folder, folder.links as ReturnType<typeof createMemoryLinks>);
    await again.source.start();
    expect(again.records.edits).toMatchObject([{ base: null, intent: { fields: { text: 'mine\n' } } }]);
  });
});

/** A folder into which two new files were written just before the end, without history being of any help. */
async function crashedAmongNewFiles(): Promise<Folder> {
  const links = createMemoryLinks();
  let isCrashed = false;
  const memory = Object.assign(createMemoryRecords({ history: false }), { mergesAtBase: () => true });
  const folder = openTestFolder({
    memory,
    links: { ...links, putFile: (root, file) => (isCrashed ? undefined : links.putFile(root, file)) },
    disk: (real) => ({
      ...real,
      async write(...write) {
        const answer = await real.write(...write);
        isCrashed = true;
        return answer;
      },
    }),
  });
  memory.put('edited', { text: 'first version', executable: false });
  memory.put('deleted', { text: 'first version', executable: false });
  await folder.source.start();
  await folder.source.stop();
  return { ...folder, links };
}
