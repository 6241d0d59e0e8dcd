import { remove, save, textAt } from '../acts.ts';
import { rest } from '../checks/rest.ts';
import { anyOpenFolder, sharedFiles, some } from '../choose.ts';
import { editors } from '../editors/all.ts';
import type { Life } from '../life.ts';
import type { Device } from '../product/port.ts';
import { bytesOf, edited, noteText } from '../texts.ts';
import type { Scene } from './scene.ts';
import { type TwoEdits, expectBoth, twoEdits } from './together.ts';

const ways = ['paused', 'stopped', 'crashed'] as const;

/** One machine is away, both work on, and they meet again: the same texts were edited, made and deleted on both. */
export const apart: Scene = {
  name: 'two machines work apart and meet again',
  weight: 6,
  async play(life) {
    const { random, pair } = life;
    const folder = anyOpenFolder(life);
    const paths = some(life, sharedFiles(life, folder), 8);
    const both = paths.slice(0, 3);
    const [deleted, ...single] = paths.slice(3);
    const away = random.pick([pair.desk, pair.laptop]);
    await leave(life, away, random.pick(ways));
    const expected: (readonly [string, TwoEdits])[] = [];
    for (const path of both) {
      const edits = twoEdits(life, await textAt({ device: pair.desk, folder, path }));
      await save(life, { device: pair.desk, folder, path }, bytesOf(edits.mine), random.pick(editors));
      await save(life, { device: pair.laptop, folder, path }, bytesOf(edits.theirs), random.pick(editors));
      expected.push([path, edits]);
    }
    for (const path of single) {
      const place = { device: random.pick([pair.desk, pair.laptop]), folder, path };
      await save(life, place, bytesOf(edited(await textAt(place), random)), random.pick(editors));
    }
    const fresh = `apart/${random.below(10_000)}.md`;
    for (const device of [pair.desk, pair.laptop]) {
      await save(life, { device, folder, path: fresh }, bytesOf(noteText(random)), random.pick(editors));
    }
    if (deleted !== undefined && life.losses.mayLose(folder, 1)) {
      await deleteAndEdit(life, folder, deleted);
    }
    await comeBack(away);
    await rest(life, [folder]);
    for (const [path, edits] of expected) {
      const [desk, laptop] = [
        { device: pair.desk, folder, path },
        { device: pair.laptop, folder, path },
      ];
      await expectBoth(life, desk, laptop, edits.both);
    }
  },
};

async function deleteAndEdit(life: Life, folder: 'notes' | 'workspace' | 'shell', path: string): Promise<void> {
  const [one, other] = life.random.shuffled([life.pair.desk, life.pair.laptop]) as [Device, Device];
  await remove(life, { device: one, folder, path }, true);
  const place = { device: other, folder, path };
  await save(life, place, bytesOf(edited(await textAt(place), life.random)), life.random.pick(editors));
}

async function leave(life: Life, device: Device, way: (typeof ways)[number]): Promise<void> {
  switch (way) {
    case 'paused':
      return device.pause();
    case 'stopped':
      return device.stop();
    case 'crashed':
      life.tally.count('crashes');
      return device.kill();
  }
}

async function comeBack(device: Device): Promise<void> {
  if (!device.isRunning) {
    await device.start();
  }
  await device.resume();
}
