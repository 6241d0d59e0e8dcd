import { inStep, save, takenIn, textAt } from '../acts.ts';
import { anyDevice, anyOpenFolder, sharedFiles, some } from '../choose.ts';
import { vscode } from '../editors/vscode.ts';
import { bytesOf, edited } from '../texts.ts';
import type { Scene } from './scene.ts';

/** An editor that saves every two seconds while somebody types; here it saves again once the last save was taken in. */
export const autosaver: Scene = {
  name: 'an editor saves by itself',
  weight: 4,
  async play(life) {
    const folder = anyOpenFolder(life);
    const [path] = some(life, sharedFiles(life, folder), 1);
    if (path === undefined) {
      return;
    }
    const place = { device: anyDevice(life), folder, path };
    const rounds = 6 + life.random.below(14);
    for (let round = 0; round < rounds; round++) {
      const bytes = bytesOf(edited(await textAt(place), life.random));
      await save(life, place, bytes, vscode);
      if (!(await takenIn(life, place, bytes))) {
        break;
      }
    }
    await inStep(life, [place]);
  },
};
