import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { movableClock } from '../helpers/movable-clock.ts';
import type { Fault } from './fault.ts';
import { short } from './said.ts';
import type { World } from './world.ts';

const jumps = [
  ['an hour ahead', 1],
  ['an hour back', -1],
  ['a thousand days ahead', 24_000],
  ['a thousand days back', -24_000],
] as const;

/** The clock of device A jumps while it runs, and later jumps back to where it belongs. */
export const clockFaults: readonly Fault[] = jumps.map(([words, hours]) => ({
  name: `clock ${words}`,
  async prepare(root) {
    const folder = join(root, 'clock');
    mkdirSync(folder);
    return { environment: { a: movableClock(folder, 0, [hours, -hours]) } };
  },
  async strike({ a }) {
    process.kill(a.pid, 'SIGUSR2');
    return {
      said: saidOfClock,
      async end() {
        process.kill(a.pid, 'SIGUSR2');
        return undefined;
      },
    };
  },
}));

async function saidOfClock({ members }: World): Promise<string | undefined> {
  for (const member of members) {
    const status = await member.status();
    const cause = status?.engines.flatMap(({ causes }) => causes).find((name) => name.startsWith('clock'));
    const held = status?.engines.flatMap(({ reasonCodes }) => reasonCodes).find((code) => code.includes('clock'));
    const alarm = status?.alarms.find(({ detail }) => detail.includes('clock'));
    const words = cause ?? held ?? alarm?.message;
    if (words !== undefined) {
      return `${member.name.toUpperCase()}: ${short(words)}`;
    }
  }
  return undefined;
}
