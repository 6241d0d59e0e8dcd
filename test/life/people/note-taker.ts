import { saveTimed, textAt } from '../acts.ts';
import { anyDevice, anyOpenFolder, sharedFiles, some } from '../choose.ts';
import { editors } from '../editors/all.ts';
import { bytesOf, edited, noteText } from '../texts.ts';
import type { Scene } from './scene.ts';

/** Opens a few texts one after the other, changes a little, saves; sometimes begins a new one. */
export const noteTaker: Scene = {
  name: 'somebody edits texts',
  weight: 10,
  async play(life) {
    const { random } = life;
    const device = anyDevice(life);
    const folder = anyOpenFolder(life);
    for (const path of some(life, sharedFiles(life, folder), 3 + random.below(5))) {
      const place = { device, folder, path };
      await saveTimed(life, place, bytesOf(edited(await textAt(place), random)), random.pick(editors));
    }
    if (random.chance(0.5)) {
      const place = { device, folder, path: `journal/${random.below(10_000)}.md` };
      await saveTimed(life, place, bytesOf(noteText(random)), random.pick(editors));
    }
  },
};
