import { contentAt, inStep, save, takenIn } from '../acts.ts';
import { anyDevice, anyOpenFolder, sharedFiles, some } from '../choose.ts';
import { editors } from '../editors/all.ts';
import { bytesOf, edited } from '../texts.ts';
import type { Scene } from './scene.ts';

/** Saves a change, thinks better of it, and saves the text as it was: an edit like any other. */
export const undoer: Scene = {
  name: 'somebody undoes a change',
  weight: 3,
  async play(life) {
    const folder = anyOpenFolder(life);
    const [path] = some(life, sharedFiles(life, folder), 1);
    if (path === undefined) {
      return;
    }
    const place = { device: anyDevice(life), folder, path };
    const editor = life.random.pick(editors);
    const before = await contentAt(place);
    const changed = bytesOf(edited(new TextDecoder().decode(before), life.random));
    await save(life, place, changed, editor);
    await takenIn(life, place, changed);
    if (before !== undefined) {
      await save(life, place, before, editor);
      await takenIn(life, place, before);
      await inStep(life, [place]);
    }
  },
};
