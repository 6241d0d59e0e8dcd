import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { files as presenceFiles } from '../../engines/presence/sources.ts';
import { openTestFolder } from '../unit/sources/twin.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('who may read a file', () => {
  it('F17 travels: what is private here is private there, also in a folder that is open to all', async () => {
    await using one = openTestFolder();
    writeFileSync(one.path('credentials'), 'token', { mode: 0o600 });
    await one.source.start();
    expect(one.records.rows.get('credentials')?.fields).toMatchObject({ private: true });
    await using two = openTestFolder({ memory: one.records });
    chmodSync(two.root, 0o755);
    await two.source.start();
    expect(modeOf(two.path('credentials'))).toBe(0o600);
    expect(await two.source.rescan()).toMatchObject({ taken: 0, written: 0 });
  });

  it('F17 a private record file is carried as text, so that its mode is not lost', async () => {
    await using one = openTestFolder({ mapping: presenceFiles as NonNullable<typeof presenceFiles> });
    writeFileSync(one.path('key.json'), '{"kind":"note","data":{"token":1}}', { mode: 0o600 });
    await one.source.start();
    expect(one.records.rows.get('key.json')?.fields).toMatchObject({ kind: 'note', private: true });
  });

  it('F17 a record that says nothing follows umask and folder: never wider than the folder', async () => {
    await using folder = openTestFolder();
    chmodSync(folder.root, 0o755);
    mkdirSync(folder.path('closed'), { mode: 0o700 });
    mkdirSync(folder.path('group'));
    chmodSync(folder.path('group'), 0o750);
    for (const name of ['open.md', 'closed/a.md', 'closed/deep/b.md', 'group/c.md']) {
      folder.records.put(name, { text: 'x', executable: false });
    }
    await folder.source.start();
    const umask = process.umask();
    expect(modeOf(folder.path('open.md'))).toBe(0o666 & ~umask);
    expect(modeOf(folder.path('closed/a.md'))).toBe(0o600);
    expect(modeOf(folder.path('closed/deep'))).toBe(0o700);
    expect(modeOf(folder.path('closed/deep/b.md'))).toBe(0o600);
    expect(modeOf(folder.path('group/c.md')) & 0o007).toBe(0);
    expect(await folder.source.rescan()).toMatchObject({ taken: 0, written: 0 });
  });

  it('F17 an edit in such a place does not make the record private', async () => {
    await using folder = openTestFolder();
    folder.records.put('a.md', { text: 'one', executable: false });
    await folder.source.start();
    expect(modeOf(folder.path('a.md'))).toBe(0o600);
    writeFileSync(folder.path('a.md'), 'two');
    await folder.source.rescan();
    expect(folder.records.rows.get('a.md')?.fields).toEqual({ text: 'two', executable: false });
    expect(modeOf(folder.path('a.md'))).toBe(0o600);
  });

  it('F17 from afar it only tightens', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'one', { mode: 0o644 });
    await folder.source.start();
    folder.source.recordChanged(folder.records.put('a.md', { text: 'one', executable: false, private: true }));
    await folder.source.settled();
    expect(modeOf(folder.path('a.md'))).toBe(0o600);
    folder.source.recordChanged(folder.records.put('a.md', { text: 'two', executable: false }));
    await folder.source.settled();
    expect([modeOf(folder.path('a.md')), readFileSync(folder.path('a.md'), 'utf8')]).toEqual([0o600, 'two']);
    expect(folder.source.status().problems.map(({ code }) => code)).toEqual(['mode_kept']);
    expect(await folder.source.rescan()).toMatchObject({ taken: 0, written: 0 });
  });

  it("F17 a person's own mode is kept and travels", async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'one', { mode: 0o644 });
    await folder.source.start();
    chmodSync(folder.path('a.md'), 0o600);
    await folder.source.rescan();
    expect(folder.records.rows.get('a.md')?.fields).toEqual({ text: 'one', executable: false, private: true });
    chmodSync(folder.path('a.md'), 0o664);
    await folder.source.rescan();
    expect(folder.records.rows.get('a.md')?.fields).toEqual({ text: 'one', executable: false });
    folder.source.recordChanged(folder.records.put('a.md', { text: 'two', executable: false }));
    await folder.source.settled();
    expect(modeOf(folder.path('a.md'))).toBe(0o664);
  });

  it('F17 a file of the same bytes that is more open than its record is tightened when they meet', async () => {
    await using folder = openTestFolder();
    writeFileSync(folder.path('a.md'), 'one', { mode: 0o644 });
    folder.records.put('a.md', { text: 'one', executable: false, private: true });
    await folder.source.start();
    expect(modeOf(folder.path('a.md'))).toBe(0o600);
    expect(folder.records.edits).toEqual([]);
  });
});
