import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createMemoryRecords, openTestFolder } from '../unit/sources/twin.ts';

const command = 'sourcesync devices role b writer --authority agents';

it('P19 without the authority files are written and not told, which is said once, and goes on once it is there', async () => {
  let isGiven = false;
  const memory = createMemoryRecords();
  await using folder = openTestFolder({ memory, mayPublish: () => (isGiven ? 'now' : { lacking: command }) });
  writeFileSync(folder.path('one.md'), 'x');
  writeFileSync(folder.path('two.md'), 'x');
  memory.put('theirs.md', { text: 'y\n', executable: false });
  await folder.source.start();
  expect([memory.edits, folder.codes()]).toEqual([[], ['authority_missing']]);
  expect(folder.source.status().problems[0]?.happened).toContain(command);
  expect(readFileSync(folder.path('theirs.md'), 'utf8')).toBe('y\n');
  isGiven = true;
  await folder.source.rescan();
  expect(memory.edits.map((edit) => edit.id).sort()).toEqual(['one.md', 'two.md']);
  expect(folder.source.status().problems).toEqual([]);
});
