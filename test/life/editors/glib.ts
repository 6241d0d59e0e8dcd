import { chmod, open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Editor, unlikelyName } from './editor.ts';

/** As programs of GNOME: a temporary file beside it, synced, renamed over it. */
export const glib: Editor = {
  name: 'GLib',
  async save(path, bytes) {
    const temporary = join(dirname(path), `.goutputstream-${unlikelyName().toUpperCase()}`);
    const file = await open(temporary, 'wx');
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    await keepMode(path, temporary);
    await rename(temporary, path);
  },
};

export async function keepMode(path: string, temporary: string): Promise<void> {
  const mode = await stat(path).then(
    (stats) => stats.mode,
    () => undefined,
  );
  if (mode !== undefined) {
    await chmod(temporary, mode & 0o7777);
  }
}
