import { contentAt, inStep, remove, save } from '../acts.ts';
import { expectArrivedOrSaid } from '../checks/said.ts';
import { anyDevice, anyOpenFolder } from '../choose.ts';
import { glib } from '../editors/glib.ts';
import { binaryOf, bytesOf, freshLine } from '../texts.ts';
import type { Scene } from './scene.ts';

const kib = 1024;

/** Pictures, one of them changed in a few places, and long texts; now and then one that is beyond every limit. */
export const photographer: Scene = {
  name: 'somebody saves pictures and long texts',
  weight: 2,
  async play(life) {
    const { random } = life;
    const [device, folder] = [anyDevice(life), anyOpenFolder(life)];
    const place = { device, folder, path: `pictures/${random.below(5)}.png` };
    const before = await contentAt(place);
    await save(
      life,
      place,
      before === undefined ? binaryOf(random, (10 + random.below(500)) * kib) : touched(before),
      glib,
    );
    await inStep(life, [place]);
    if (random.chance(0.3)) {
      const long = { device, folder, path: `pictures/log ${random.below(2)}.txt` };
      const line = `${freshLine(random)}\n`;
      await save(life, long, bytesOf(line.repeat(Math.floor((900 * kib) / line.length))), glib);
      await inStep(life, [long]);
    }
    if (random.chance(0.3)) {
      const huge = { device, folder, path: 'pictures/film.mov' };
      await save(life, huge, binaryOf(random, 1600 * kib), glib);
      await expectArrivedOrSaid(life, huge);
      await remove(life, huge);
    }
  },
};

/** A few bytes of it are others. */
function touched(before: Uint8Array): Uint8Array {
  const after = new Uint8Array(before);
  for (let at = 100; at < after.length; at += Math.ceil(after.length / 3)) {
    after[at] = ((after[at] ?? 0) + 1) & 0xff;
  }
  return after;
}
