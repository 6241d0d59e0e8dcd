import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFileSync } from 'node:fs';
import { enter, inStep, placeOf } from '../acts.ts';
import { anyDevice, anyOpenFolder, sharedFiles } from '../choose.ts';
import type { Scene } from './scene.ts';

const run = promisify(execFile);
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** A formatter goes over all files at once: a few lines of each change. It is the real `sed -i`. */
export const formatter: Scene = {
  name: 'a formatter goes over all files',
  weight: 2,
  async play(life) {
    const device = anyDevice(life);
    const folder = anyOpenFolder(life);
    const places = sharedFiles(life, folder).map((path) => ({ device, folder, path }));
    if (places.length === 0) {
      return;
    }
    const before = places.map((place) => readFileSync(placeOf(place)));
    places.forEach((place) => {
      life.ledger.replacing(device.name, folder, place.path);
    });
    const ending = life.random.below(letters.length);
    // Lines that end with one letter get or lose a full stop: a tenth of a text or so.
    const expressions = [
      `s/\\(${letters[ending]}\\)\\.$/\\1/`,
      `s/\\(${letters[(ending + 1) % letters.length]}\\)$/\\1./`,
    ];
    await run('sed', ['-i', ...expressions.flatMap((expression) => ['-e', expression]), '--', ...places.map(placeOf)]);
    for (const [index, place] of places.entries()) {
      const after = readFileSync(placeOf(place));
      if (Buffer.compare(before[index] as Buffer, after) !== 0) {
        enter(life, place, before[index], after, 'a formatter');
      }
    }
    await inStep(life, places);
  },
};
