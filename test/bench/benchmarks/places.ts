import { readFile } from 'node:fs/promises';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { atWorkstation } from '../stage/at-workstation.ts';
import { type Device } from '../stage/device.ts';
import { timed, watched } from '../stage/loop-gaps.ts';
import { type Belongings, makePerson } from '../stage/person.ts';
import { demand, until } from '../stage/until.ts';
import { placeFigures } from './place-files.ts';

const names = ['zsh', 'bookmarks', 'vscode-settings', 'vscode-extensions'];

export const places: Benchmark = {
  name: 'places',
  title:
    'a long start file, many bookmarks and extensions: each taken apart and changed, a first look at them, and following all of them',
  async run(context) {
    const belongings = context.pick<Belongings>({
      full: { lines: 4_000, bookmarks: 20_000, extensions: 500 },
      quick: { lines: 1_000, bookmarks: 2_000, extensions: 100 },
      shortest: { lines: 40, bookmarks: 50, extensions: 5 },
    });
    return atWorkstation(context, async (person) => makePerson(person, belongings), measure);
  },
};

async function measure(device: Device, files: readonly string[]): Promise<readonly Figure[]> {
  const ofFiles = await placeFigures(files);
  const floorMs = await timed(async () => {
    for (const file of files) {
      await readFile(file, 'utf8');
    }
  });
  const first = await watched(device.home, async () => {
    const found = (await device.ask((client) => client.places())).items.filter(({ files: there }) => there.length > 0);
    demand(
      names.every((name) => found.some((place) => place.name === name)),
      'every place is found',
    );
  });
  const again = await watched(device.home, async () => {
    await device.ask((client) => client.places());
  });
  const follow = await watched(device.home, async () => {
    for (const name of names) {
      await device.ask((client) => client.followPlace(name));
    }
    await until('every unit is a record', async () => {
      const { items } = await device.ask((client) => client.places());
      return names.every((name) => items.find((place) => place.name === name)?.units.fresh === 0);
    });
  });
  const goal = '≤ 50';
  return [
    ...ofFiles,
    { label: 'a first look', value: first.tookMs, unit: 'ms' },
    { label: 'the longest that the daemon was held up by it', value: first.longestMs, unit: 'ms', goal },
    { label: 'a second look', value: again.tookMs, unit: 'ms' },
    { label: 'the longest that the daemon was held up by it', value: again.longestMs, unit: 'ms', goal },
    { label: 'all followed, until every unit is a record', value: follow.tookMs, unit: 'ms' },
    { label: 'the longest that the daemon was held up by it', value: follow.longestMs, unit: 'ms', goal },
    { label: 'floor: the same files read', value: floorMs, unit: 'ms' },
    { label: 'a first look ÷ floor', value: first.tookMs / floorMs, unit: timesTheFloor },
  ];
}
