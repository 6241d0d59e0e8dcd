import { move, inStep } from '../acts.ts';
import { anyDevice, anyOpenFolder, sharedFiles, some } from '../choose.ts';
import { pathsBelow } from '../tree.ts';
import { wordsOf } from '../texts.ts';
import type { Scene } from './scene.ts';

/** Renames a file, or a folder with everything in it. Nothing is lost by that, and nobody is asked. */
export const tidier: Scene = {
  name: 'somebody renames a file or a folder',
  weight: 4,
  async play(life) {
    const { random } = life;
    const device = anyDevice(life);
    const folder = anyOpenFolder(life);
    const files = sharedFiles(life, folder);
    const [file] = some(life, files, 1);
    if (file === undefined) {
      return;
    }
    const [top] = file.split('/');
    const isWhole = random.chance(0.4) && top !== undefined && top !== file;
    const path = isWhole ? top : file;
    const name = `${wordsOf(random, 2)} ${random.below(1000)}`;
    const to = isWhole ? name : `${file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : ''}${name}.md`;
    const inside = isWhole ? pathsBelow(device.root(folder), path) : [path];
    await move(life, { device, folder, path }, to);
    life.tally.count('files renamed', inside.length);
    const names = inside.flatMap((one) => [one, `${to}${one.slice(path.length)}`]);
    await inStep(
      life,
      names.map((one) => ({ device, folder, path: one })),
    );
  },
};
