import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { atWorkstation } from '../stage/at-workstation.ts';
import { type Device, runCommand } from '../stage/device.ts';
import { watched } from '../stage/loop-gaps.ts';
import { demand, until } from '../stage/until.ts';
import { type Workstation, makeWorkstation } from '../stage/workstation.ts';

export const setup: Benchmark = {
  name: 'setup',
  title: 'the command that finds and follows all of a workstation: how long its daemon answers nobody else',
  async run(context) {
    const belongings = context.pick<Workstation>({
      full: { lines: 4_000, bookmarks: 20_000, extensions: 500, repositories: 50, agents: 40 },
      quick: { lines: 1_000, bookmarks: 2_000, extensions: 100, repositories: 20, agents: 10 },
      shortest: { lines: 40, bookmarks: 50, extensions: 5, repositories: 3, agents: 2 },
    });
    return atWorkstation(context, async (person) => makeWorkstation(person, belongings), measure);
  },
};

/** Each place is read again for every look at it. */
const pollMs = 250;
const calmMs = 1_000;

async function measure(device: Device, files: readonly string[]): Promise<readonly Figure[]> {
  const { home } = device;
  const floor = await watched(home, async () => {
    for (const file of files) {
      await readFile(file, 'utf8');
    }
    await pause(calmMs);
  });
  const plan = await watched(home, async () => void (await runCommand(home, 'setup')));
  const command = await watched(home, async () => {
    const { followed } = (await runCommand(home, 'setup', '--yes')) as { readonly followed: readonly string[] };
    demand(
      followed.length >= leastPlaces,
      `shell, browser, editor, agents and clones are followed: ${followed.join()}`,
    );
  });
  const settling = await watched(home, () =>
    until(
      'every unit of what is followed is a record',
      async () => {
        const { items } = await device.ask((client) => client.places());
        return items.every(({ on, units }) => !on || units.fresh === 0);
      },
      pollMs,
    ),
  );
  const again = await watched(home, async () => void (await runCommand(home, 'setup')));
  const goal = '≤ 50';
  const longestMs = Math.max(...[plan, command, settling, again].map((part) => part.longestMs));
  return [
    { label: 'setup, which shows the plan', value: plan.tookMs, unit: 'ms' },
    { label: 'the longest that the daemon was held up by it', value: plan.longestMs, unit: 'ms', goal },
    { label: 'setup --yes', value: command.tookMs, unit: 'ms' },
    { label: 'the longest that the daemon was held up by it', value: command.longestMs, unit: 'ms', goal },
    { label: 'from then until every unit is a record', value: settling.tookMs, unit: 'ms' },
    { label: 'the longest that the daemon was held up by it', value: settling.longestMs, unit: 'ms', goal },
    { label: 'setup again', value: again.tookMs, unit: 'ms' },
    { label: 'the longest that the daemon was held up by it', value: again.longestMs, unit: 'ms', goal },
    { label: 'floor: nothing is asked, longest turn of its loop', value: floor.longestMs, unit: 'ms' },
    {
      label: 'the longest of all ÷ floor',
      value: longestMs / Math.max(floor.longestMs, shortestTurnMs),
      unit: timesTheFloor,
    },
  ];
}

const leastPlaces = 8;
/** What is shorter is not noted. */
const shortestTurnMs = 5;
