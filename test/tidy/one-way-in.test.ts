import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rootFolder } from './run-tool.ts';
import { productFiles } from './source-files.ts';

const door = 'src/replica/kernel/keep.ts';
const pastTheDoor = /\b(records|quarantine)\s*\.put\(/;

/** A record or a held change may be policy: whoever stores one elsewhere leaves a policy in force that is not. */
describe('one way in', () => {
  it('the replica stores records and items of quarantine through one file', () => {
    const paths = productFiles().filter((path) => path.startsWith('src/replica/'));
    const found = paths.filter((path) => pastTheDoor.test(readFileSync(join(rootFolder, path), 'utf8')));
    expect(found).toEqual([door]);
  });

  it.each([
    ['core.store.records.put(row)', true],
    ['store.quarantine\n  .put(item)', true],
    ['core.store.reviews.put(item)', false],
    ['keepRow(core, row)', false],
  ])('%s is %s', (text, isFound) => {
    expect(pastTheDoor.test(text)).toBe(isFound);
  });
});
