import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { enter, inStep, placeOf, remove, save, textAt } from '../acts.ts';
import { anyDevice } from '../choose.ts';
import { redirect } from '../editors/shell.ts';
import type { Life } from '../life.ts';
import { type FolderKind, otherOf } from '../product/port.ts';
import { bytesOf, edited, noteText } from '../texts.ts';
import { until } from '../until.ts';
import type { Scene } from './scene.ts';

const mostArchives = 3;

/** An archive of some hundred files is unpacked. Sometimes the other machine dies while they come in, and a few change meanwhile. */
export const unpacker: Scene = {
  name: 'an archive is unpacked',
  weight: 1,
  async play(life) {
    const folder = life.random.pick(['notes', 'workspace'] as const);
    const archives = life.tally.counts.get('archives unpacked') ?? 0;
    if (archives >= mostArchives) {
      return;
    }
    life.tally.count('archives unpacked');
    await unpack(life, folder, `bulk-${archives}`, life.random.chance(0.6));
  },
};

async function unpack(life: Life, folder: FolderKind, name: string, dies: boolean): Promise<void> {
  const { random } = life;
  const device = anyDevice(life);
  const other = otherOf(life.pair, device);
  const places = Array.from({ length: life.archiveFiles }, (_, number) => ({
    ...{ device, folder },
    path: `${name}/part-${number % 7}/item ${number}.txt`,
  }));
  for (const place of places) {
    // As tar does: one after the other, without waiting for anything.
    const bytes = bytesOf(noteText(random, 10 + random.below(6)));
    mkdirSync(dirname(placeOf(place)), { recursive: true });
    writeFileSync(placeOf(place), bytes);
    enter(life, place, undefined, bytes, 'tar');
  }
  if (dies) {
    const there = (): number => life.trees.read(other.root(folder)).size;
    const before = there();
    await until(life.signal, life.patienceMs, () => there() > before + life.archiveFiles / 8);
    await other.kill();
    life.tally.count('crashes');
    const [removed, changed] = [random.shuffled(places).slice(0, 8), random.shuffled(places).slice(8, 16)];
    for (const place of changed) {
      await save(life, place, bytesOf(edited(await textAt(place), random)), redirect);
    }
    if (life.losses.mayLose(folder, removed.length)) {
      for (const place of removed) {
        await remove(life, place);
      }
    }
    await other.start();
  }
  await inStep(life, places);
}
