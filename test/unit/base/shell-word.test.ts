import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { asShellWord } from '../../../src/base/shell-word.ts';

it.each([
  ['notes', 'notes'],
  ['/home/ann/.bashrc', '/home/ann/.bashrc'],
  ['my notes', "'my notes'"],
  ['', "''"],
  ["ann's", String.raw`'ann'\''s'`],
  ['$(id); `id` "x" \\ *', '\'$(id); `id` "x" \\ *\''],
])('%j is one word of a shell: %s', (text, word) => {
  expect(asShellWord(text)).toBe(word);
  expect(spawnSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' }).stdout).toBe(text);
});
