import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { type Device, createDevice, runCommand } from '../stage/device.ts';
import { loopGapsSince, loopWatch } from '../stage/loop-gaps.ts';
import { type Belongings, makePerson } from '../stage/person.ts';
import { demand, until } from '../stage/until.ts';

const names = ['zsh', 'bookmarks', 'vscode-settings', 'vscode-extensions'];

export const places: Benchmark = {
  name: 'places',
  title: 'a long start file, many bookmarks and extensions: a first look at them, and following all of them',
  async run(context) {
    const belongings = context.pick<Belongings>({
      full: { lines: 4_000, bookmarks: 20_000, extensions: 500 },
      quick: { lines: 1_000, bookmarks: 2_000, extensions: 100 },
      shortest: { lines: 40, bookmarks: 50, extensions: 5 },
    });
    const root = await mkdtemp(join(tmpdir(), 'sourcesync-bench-'));
    const home = join(root, 'home');
    let device: Device | undefined;
    try {
      const person = join(root, 'person');
      const files = await makePerson(person, belongings);
      await mkdir(home);
      await runCommand(home, 'init', '--label', 'a', '--yes');
      const environment = { HOME: person, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '' };
      device = createDevice(home, [...context.nodeArguments('a'), ...loopWatch], environment);
      await device.start();
      return await measure(device, files);
    } finally {
      await device?.stop();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function measure(device: Device, files: readonly string[]): Promise<readonly Figure[]> {
  const floorMs = await timed(async () => {
    for (const file of files) {
      await readFile(file, 'utf8');
    }
  });
  const first = await watched(device, async () => {
    const found = (await device.ask((client) => client.places())).items.filter(({ files: there }) => there.length > 0);
    demand(
      names.every((name) => found.some((place) => place.name === name)),
      'every place is found',
    );
  });
  const again = await watched(device, async () => {
    await device.ask((client) => client.places());
  });
  const follow = await watched(device, async () => {
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

async function watched(
  { home }: Device,
  work: () => Promise<void>,
): Promise<{ readonly tookMs: number; readonly longestMs: number }> {
  const sinceMs = performance.timeOrigin + performance.now();
  const tookMs = await timed(work);
  return { tookMs, longestMs: Math.max(...loopGapsSince(home, sinceMs)) };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
