import { setTimeout as pause } from 'node:timers/promises';
import { come } from './come.ts';
import type { Fault } from './fault.ts';
import { beginTraffic } from './traffic.ts';
import { type World, areEqual, inWorld } from './world.ts';

/** What one round of a fault came to. */
export interface Round {
  /** Undefined: every process lived. Otherwise who ended with which words, and whether it came back. */
  readonly ended: readonly string[];
  readonly cameBack: boolean;
  readonly said: string | undefined;
  readonly mustBeSaid: boolean;
  /** What the devices said of themselves where nothing named it. */
  readonly saidInstead: string | undefined;
  /** What was acknowledged and is missing or different on either device, and no device asks about. */
  readonly lost: readonly string[];
  /** What was acknowledged and is not live, but stands in an open question about versions written apart. */
  readonly asked: readonly string[];
  /** What of it stood in a destroyed file alone. */
  readonly destroyed: readonly string[];
  readonly acknowledged: number;
  /** What each device writes when all is over arrives at the other one. */
  readonly goesOn: boolean;
  /** From the end of the fault until both are equal; undefined where they were not within a minute. */
  readonly healedMs: number | undefined;
  /** What a person had to do, in commands. */
  readonly byHand: string | undefined;
  readonly figure: string | undefined;
  readonly excess: string | undefined;
  /** What is said although it is over. */
  readonly stillSaid: string | undefined;
}

const boundMs = 60_000;
const sayWithinMs = 10_000;
/** Where it has to be said, a machine that is busy with other tests gets more time for it. */
const sayAtLastMs = 30_000;
const leastMs = 600;
const wellWithinMs = 30_000;

/** Records and pending edits on both devices, the fault in the middle of traffic, its end, and what is there then. */
export async function playRound(fault: Fault, chance: () => number): Promise<Round> {
  return inWorld(fault, chance, async (world) => {
    const traffic = await beginTraffic(world);
    const struck = await fault.strike(world);
    let said: string | undefined;
    const isSaid = async (): Promise<boolean> => {
      said ??= (await struck.said(world))?.replaceAll(`${world.root}/`, '');
      return said !== undefined;
    };
    await Promise.all([pause(fault.lastsMs ?? leastMs), come(fault.sayWithinMs ?? sayWithinMs, isSaid)]);
    if (said === undefined && fault.mustBeSaid?.() !== false) {
      await come(sayAtLastMs, isSaid);
    }
    const saidInstead = said === undefined ? await standing(world) : undefined;
    const ended = endedIn(world);
    const byHand = await struck.end(world);
    const overMs = byHand === undefined ? (struck.overMs ?? performance.now()) : performance.now();
    await traffic.stop();
    ended.push(...endedIn(world).filter((words) => !ended.includes(words)));
    const cameBack = await startAgain(world);
    let healedMs: number | undefined;
    const destroyed = struck.destroyed ?? [];
    await come(boundMs, async () => {
      const isEqual = await areEqual(world);
      const { lost } = isEqual ? await lostIn(world) : { lost: [] };
      healedMs = isEqual ? (healedMs ?? performance.now() - overMs) : undefined;
      return isEqual && lost.every((id) => destroyed.includes(id));
    });
    const { lost, asked } = await lostIn(world);
    const goesOn = await crosses(world);
    const isWell = await come(fault.wellWithinMs ?? wellWithinMs, async () => (await standing(world)) === '');
    return {
      ...{ ended, cameBack, goesOn, said, saidInstead, lost, asked, destroyed, byHand },
      mustBeSaid: fault.mustBeSaid?.() !== false,
      acknowledged: world.book.size,
      healedMs,
      ...{ figure: struck.figure?.(), excess: struck.excess?.() },
      stillSaid: isWell ? undefined : await standing(world),
    };
  });
}

function endedIn({ members, relay, root }: World): string[] {
  return [...members, relay]
    .filter(({ isRunning }) => !isRunning)
    .map(({ name, lastWords }) => `${name}: ${lastWords().replaceAll(`${root}/`, '')}`);
}

async function startAgain({ members, relay }: World): Promise<boolean> {
  const restarts = [...members, relay].filter(({ isRunning }) => !isRunning).map(async (process) => process.start());
  return (await Promise.allSettled(restarts)).every(({ status }) => status === 'fulfilled');
}

/** Ids of which either device shows something else than was acknowledged, and which of them both ask about. */
async function lostIn({ members, book }: World): Promise<Pick<Round, 'lost' | 'asked'>> {
  const different = await Promise.all(
    members.map(async (member) => book.lostIn((await member.shown()) ?? new Map<string, string>())),
  );
  const ids = [...new Set(different.flat())];
  const questions = ids.length === 0 ? [] : await Promise.all(members.map(async (member) => member.asked()));
  const isAsked = (id: string): boolean =>
    questions.every((asked) => asked.get(id)?.includes(book.textOf(id) ?? '') === true);
  return { lost: ids.filter((id) => !isAsked(id)), asked: ids.filter(isAsked) };
}

/** Each device shows what the other one writes now. */
async function crosses({ a, b }: World): Promise<boolean> {
  const ways = [
    [a, b],
    [b, a],
  ] as const;
  const arrived = await Promise.all(
    ways.map(async ([from, to]) => {
      const id = `after-${from.name}`;
      const written = await from.client.putRecord('workspace', id, { kind: 'task', title: 'afterwards' });
      return (
        written.ok &&
        (await come(wellWithinMs, async () => (await to.shown())?.get(`workspace ${id}`) === 'afterwards'))
      );
    }),
  );
  return arrived.every(Boolean);
}

/** What either device says of itself that is not well. */
async function standing({ members }: World): Promise<string> {
  const statuses = await Promise.all(members.map(async (member) => [member.name, await member.status()] as const));
  return statuses
    .flatMap(([name, status]) => {
      const causes = [...new Set(status?.engines.flatMap((engine) => engine.causes))];
      const alarms = status?.alarms.map(({ kind }) => kind) ?? [];
      const folders = status?.folders.filter(({ state }) => state !== 'following').map(({ state }) => state) ?? [];
      const relay = status?.relay.state === 'online' ? [] : [`relay ${status?.relay.state ?? 'unknown'}`];
      const words = [...causes, ...alarms, ...folders, ...relay];
      return words.length === 0 ? [] : [`${name.toUpperCase()}: ${words.join(', ')}`];
    })
    .join('; ');
}
