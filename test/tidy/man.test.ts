import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/ground/exit-codes.ts';
import { leaves, programWithOutput } from './command-help.ts';
import { manPage } from './man-page.ts';

const path = new URL('../../man/sourcesync.1', import.meta.url).pathname;

it('the manual page is the one of the commands as they are; npm run man writes it anew', async () => {
  await expect(manPage()).toMatchFileSnapshot(path);
});

it('the manual page has each command and each exit code', () => {
  const page = manPage();
  for (const words of leaves(programWithOutput().program)) {
    expect(page).toContain(`.SS sourcesync ${words.join(' ').replaceAll('-', '\\-')}`);
  }
  for (const code of Object.values(exitCodes)) {
    expect(page).toContain(`\n.B ${code}\n`);
  }
});

it('the package has the page', () => {
  const { man, files } = JSON.parse(readFileSync('package.json', 'utf8')) as { man: string; files: readonly string[] };
  expect([man, files.includes('man')]).toEqual(['man/sourcesync.1', true]);
});
