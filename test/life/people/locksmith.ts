import { chmod } from 'node:fs/promises';
import { contentAt, inStep, placeOf, save } from '../acts.ts';
import { decide } from '../checks/stops.ts';
import { anyOpenFolder } from '../choose.ts';
import { redirect } from '../editors/shell.ts';
import { otherOf } from '../product/port.ts';
import { bytesOf, noteText } from '../texts.ts';
import { until } from '../until.ts';
import type { Scene } from './scene.ts';

/**
 * Makes a script that may be run, or a text that nobody else may read: both are so on the other machine, the script once
 * somebody there has said that it may be run.
 */
export const locksmith: Scene = {
  name: 'somebody sets the mode of a file',
  weight: 2,
  async play(life) {
    const { random, pair } = life;
    const folder = anyOpenFolder(life);
    const number = random.below(6);
    const [path, mode] = random.pick([
      [`private/diary ${number}.txt`, 0o600],
      [`private/run-${number}.command`, 0o755],
    ] as const);
    const place = { device: pair.desk, folder, path };
    if ((await contentAt(place)) === undefined) {
      await save(life, place, bytesOf(noteText(random)), redirect);
    }
    await chmod(placeOf(place), mode);
    await inStep(life, [place]);
    const modeOn = (root: string): string => {
      const file = life.trees.read(root).get(path);
      return `${file?.isExecutable} ${file?.isPrivate}`;
    };
    const other = otherOf(pair, pair.desk);
    await until(life.signal, life.patienceMs, async () => {
      const items = await other.items();
      for (const item of items.filter((one) => one.kind === 'proposal' && one.folder === folder)) {
        await decide(life, other, item, 'accept');
      }
      return modeOn(other.root(folder)) === modeOn(pair.desk.root(folder));
    });
  },
};
