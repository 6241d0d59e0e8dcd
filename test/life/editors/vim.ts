import { chmod, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Editor } from './editor.ts';

/** As vim with `backup` by renaming: a swap file, a probe called 4913, the old file aside, the new one written, synced. */
export const vim: Editor = {
  name: 'vim',
  async save(path, bytes) {
    const [folder, name] = [dirname(path), basename(path)];
    const swap = join(folder, `.${name}.swp`);
    const backup = `${path}~`;
    await writeFile(swap, 'b0VIM 9.0');
    const probe = join(folder, '4913');
    await writeFile(probe, '');
    await rm(probe);
    const mode = await stat(path).then(
      (stats) => stats.mode,
      () => undefined,
    );
    if (mode !== undefined) {
      await rename(path, backup);
    }
    const file = await open(path, 'w', mode);
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    if (mode !== undefined) {
      await chmod(path, mode & 0o7777);
      await rm(backup);
    }
    await rm(swap);
  },
};
