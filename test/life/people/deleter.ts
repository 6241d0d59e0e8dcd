import { contentAt, inStep, remove, save } from '../acts.ts';
import { anyDevice, anyOpenFolder } from '../choose.ts';
import { redirect } from '../editors/shell.ts';
import { bytesOf, noteText } from '../texts.ts';
import type { Scene } from './scene.ts';

const names = 12;

/** Deletes a few files of those that come and go, and makes one again, as it was or anew. */
export const deleter: Scene = {
  name: 'somebody deletes a few files',
  weight: 4,
  async play(life) {
    const { random } = life;
    const device = anyDevice(life);
    const folder = anyOpenFolder(life);
    const places = random
      .shuffled(Array.from({ length: names }, (_, number) => ({ device, folder, path: `scratch/${number}.txt` })))
      .slice(0, 1 + random.below(3));
    for (const place of places) {
      if ((await contentAt(place)) === undefined) {
        await save(life, place, bytesOf(noteText(random)), redirect);
      }
    }
    await inStep(life, places);
    if (!life.losses.mayLose(folder, places.length)) {
      return;
    }
    const [first] = places;
    const text = first && (await contentAt(first));
    for (const place of places) {
      await remove(life, place);
    }
    await inStep(life, places);
    if (first !== undefined && text !== undefined && random.chance(0.5)) {
      await save(life, first, random.chance(0.5) ? text : bytesOf(noteText(random)), redirect);
      await inStep(life, [first]);
    }
  },
};
