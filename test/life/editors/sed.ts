import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Editor, unlikelyName } from './editor.ts';
import { keepMode } from './glib.ts';

/** As `sed -i`: a file of an ordinary name beside it, renamed over it without syncing. */
export const sed: Editor = {
  name: 'sed -i',
  async save(path, bytes) {
    const temporary = join(dirname(path), `sed${unlikelyName()}`);
    await writeFile(temporary, bytes, { flag: 'wx' });
    await keepMode(path, temporary);
    await rename(temporary, path);
  },
};
