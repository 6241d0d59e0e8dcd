import { inStep, save, textAt } from '../acts.ts';
import { anyDevice, anyOpenFolder, sharedFiles, some } from '../choose.ts';
import { editors } from '../editors/all.ts';
import { otherOf } from '../product/port.ts';
import { bytesOf, edited } from '../texts.ts';
import type { Scene } from './scene.ts';

/** In the middle of a burst of saves the writing machine, the reading one or the relay dies, and comes back. */
export const crasher: Scene = {
  name: 'a machine or the relay dies in the middle of work',
  weight: 3,
  async play(life) {
    const { random } = life;
    const device = anyDevice(life);
    const folder = anyOpenFolder(life);
    const places = some(life, sharedFiles(life, folder), 12).map((path) => ({ device, folder, path }));
    const victim = random.pick(['the writer', 'the reader', 'the relay'] as const);
    for (const [index, place] of places.entries()) {
      await save(life, place, bytesOf(edited(await textAt(place), random)), random.pick(editors));
      if (index === Math.floor(places.length / 2)) {
        life.tally.count('crashes');
        if (victim === 'the relay') {
          await life.pair.crashRelay();
        } else {
          await (victim === 'the writer' ? device : otherOf(life.pair, device)).kill();
        }
      }
    }
    for (const one of [device, otherOf(life.pair, device)].filter(({ isRunning }) => !isRunning)) {
      await one.start();
    }
    await inStep(life, places);
  },
};
