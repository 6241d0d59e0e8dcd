import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WhenToPublish } from '../../src/sources/reconcile/reconciler.ts';
import { createMemoryLinks, createMemoryRecords, id, openTestFolder } from '../unit/sources/twin.ts';

const page = (second: string, last: string = 'end'): string => `first line\n${second}\nthird line\n${last}\n`;

/** A folder whose notes are of `noted`, whose record has gone through `versions` since, and whose file says `saved`. */
async function afterGoingBack(noted: string, versions: readonly string[], saved: string, doubts: boolean) {
  const [memory, links] = [createMemoryRecords(), createMemoryLinks()];
  let when: WhenToPublish = 'now';
  let isDoubtful = false;
  const given = { memory, links, mayPublish: () => when, doubtsNotes: () => isDoubtful };
  const folder = openTestFolder({ ...given, trusted: () => (isDoubtful = false) });
  writeFileSync(folder.path('n.md'), noted);
  await folder.source.start();
  when = 'after_exchange';
  isDoubtful = doubts;
  writeFileSync(folder.path('n.md'), saved);
  await folder.source.rescan();
  const early = memory.edits.length;
  versions.forEach((text) => memory.put('n.md', { text, executable: false }));
  when = 'now';
  await folder.source.rescan();
  await folder.source.rescan();
  return { folder, early, isDoubtful, text: memory.text('n.md') };
}

describe('F45 where what was noted of a file is older than the file', () => {
  const back = [page('second text'), page('second text', 'end of b')];

  it('an edit is told from the version that it was made from, and nothing is published before that is here', async () => {
    const result = await afterGoingBack(page('old'), back, page('third word', 'end of b'), true);
    await using folder = result.folder;
    expect(result.text).toBe(page('third word', 'end of b'));
    expect([result.early, result.isDoubtful]).toEqual([1, false]);
    expect(folder.source.status().problems).toEqual([]);
  });

  it('what another device wrote meanwhile is kept', async () => {
    const result = await afterGoingBack(page('old'), back, page('third word'), true);
    await using _folder = result.folder;
    expect(result.text).toBe(page('third word', 'end of b'));
  });

  it('a file that stood still follows its record', async () => {
    const result = await afterGoingBack(page('old'), back, page('second text'), true);
    await using _folder = result.folder;
    expect(result.text).toBe(page('second text', 'end of b'));
  });

  it('a file that is near to no version is a text of its own beside its record', async () => {
    const result = await afterGoingBack(page('old'), back, 'something else\n', true);
    await using _folder = result.folder;
    expect(result.text).toContain('something else');
    expect(result.folder.records.rows.get(id('n.md'))?.state).toBe('live');
  });
});
