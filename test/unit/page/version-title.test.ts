import { expect, it } from 'vitest';
import { versionTitle } from '../../../page/history/version-title.ts';

it.each([
  ['set /body', 'changed body'],
  ['set /body, /name and 2 more', 'changed body, name and 2 more'],
  ['set /env/PATH', 'changed env/PATH'],
  ['alias ls', 'alias ls'],
  ['set aside', 'set aside'],
])('%s is told as %s', (summary, title) => {
  expect(versionTitle(summary)).toBe(title);
});
