import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { editorOf, runEditor } from '../../../src/daemon/terminal/editor.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the editor', () => {
  it.each([
    [{ VISUAL: 'code --wait', EDITOR: 'nano' }, 'code --wait'],
    [{ VISUAL: '', EDITOR: 'nano' }, 'nano'],
    [{}, 'vi'],
  ])('of %j is %s', (environment, editor) => {
    expect(editorOf(environment)).toBe(editor);
  });

  it('is a command line of the shell, and gets the file as one word', async () => {
    const file = join(temporaryFolder(), "a b's");
    writeFileSync(file, 'one');
    expect(await runEditor('sed -i s/one/two/', file)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('two');
  });

  it.each([
    ['false', 'The editor (false) ended with 1.'],
    ['kill -TERM $$;', 'The editor (kill -TERM $$;) ended with SIGTERM.'],
    ['/nowhere/editor', 'The editor (/nowhere/editor) ended with 127.'],
  ])('%s that fails is said with what to do', async (editor, words) => {
    const listeners = process.listenerCount('SIGINT');
    expect(await runEditor(editor, '/dev/null')).toBe(`${words} Name another editor in VISUAL or EDITOR.`);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });
});
