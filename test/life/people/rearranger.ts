import { rm } from 'node:fs/promises';
import { contentAt, inStep, placeOf, remove, save } from '../acts.ts';
import { anyDevice, anyOpenFolder } from '../choose.ts';
import { redirect } from '../editors/shell.ts';
import { bytesOf, noteText } from '../texts.ts';
import type { Scene } from './scene.ts';

/** What was a file becomes a folder of that name, or the other way round. */
export const rearranger: Scene = {
  name: 'a file becomes a folder, or a folder a file',
  weight: 1,
  async play(life) {
    const { random } = life;
    const [device, folder] = [anyDevice(life), anyOpenFolder(life)];
    const name = `topics-${random.below(3)}`;
    const asFile = { device, folder, path: name };
    const inside = { device, folder, path: `${name}/first.md` };
    if (!life.losses.mayLose(folder, 2)) {
      return;
    }
    const isFile = (await contentAt(asFile)) !== undefined;
    if (isFile) {
      await remove(life, asFile);
    } else if ((await contentAt(inside)) !== undefined) {
      await remove(life, inside);
      await rm(placeOf(asFile), { recursive: true, force: true });
    }
    const next = isFile ? inside : asFile;
    await save(life, next, bytesOf(noteText(random)), redirect);
    await inStep(life, [next]);
  },
};
