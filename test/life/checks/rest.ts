import { readFileSync } from 'node:fs';
import type { Life } from '../life.ts';
import { type Device, type FolderKind, type OpenItem, devicesOf, folderKinds } from '../product/port.ts';
import { diskPathOf } from '../tree.ts';
import { until } from '../until.ts';
import { type Difference, differencesOf } from './differences.ts';
import { checkStops, decide, isExplained } from './stops.ts';

const lookAgainMs = [2_000, 10_000] as const;

/**
 * Lets both machines come to rest: online, everything sent, every question answered. Counts what still differs when
 * patience is over; true when nothing does.
 */
export async function rest(life: Life, folders: readonly FolderKind[] = folderKinds): Promise<boolean> {
  const devices = devicesOf(life.pair);
  for (const device of devices) {
    if (!device.isRunning) {
      await device.start();
    }
    await device.resume();
    await device.look();
  }
  const startedMs = performance.now();
  const looks: number[] = [...lookAgainMs];
  let wasCalm = false;
  const isAtRest = await until(life.signal, life.patienceMs, async () => {
    await answer(life);
    const isCalm = (await everythingSent(devices)) && unlike(life, folders).length === 0 && !(await isAsked(life));
    const isImpatient = performance.now() - startedMs > (looks[0] ?? Number.POSITIVE_INFINITY);
    if (isImpatient) {
      looks.shift();
    }
    // What is calm must still be so after one more look: something may be on its way that neither has told of.
    if (isImpatient || (isCalm && !wasCalm)) {
      await Promise.all(devices.map(async (device) => device.look()));
    }
    const isRest = isCalm && wasCalm;
    wasCalm = isCalm;
    return isRest;
  });
  if (isAtRest) {
    endLoss(life, folders);
    return true;
  }
  for (const [folder, { path, detail }] of unlike(life, folders)) {
    await tell(life, folder, path, detail);
  }
  return false;
}

/** The aftermath of a mass loss that could not be settled ends with the next rest of its folder. */
function endLoss({ losses }: Life, folders: readonly FolderKind[]): void {
  const { planted } = losses;
  if (planted?.answer !== undefined && folders.includes(planted.folder)) {
    losses.over();
  }
}

/** Everything that waits for a person is answered, on both machines; about a planted loss once somebody has spoken. */
async function answer(life: Life): Promise<void> {
  await checkStops(life);
  for (const device of devicesOf(life.pair)) {
    for (const item of await device.items()) {
      if (isExplained(life, item)) {
        await answerLoss(life, device, item);
      } else if (item.kind !== 'brake') {
        await decide(life, device, item, item.kind === 'conflict' && life.random.chance(0.5) ? 'reject' : 'accept');
      }
    }
  }
}

/** What waits on the machine where it happened, beside the stop itself, is the work of the other one: it is welcome. */
async function answerLoss(life: Life, device: Device, item: OpenItem): Promise<void> {
  const { answer: said, device: where } = life.losses.planted ?? {};
  if (said !== undefined) {
    await decide(life, device, item, item.kind !== 'brake' && device.name === where ? 'accept' : said);
  }
}

async function isAsked(life: Life): Promise<boolean> {
  const items = await Promise.all(devicesOf(life.pair).map(async (device) => device.items()));
  return items.flat().some((item) => !isExplained(life, item) || life.losses.planted?.answer !== undefined);
}

async function everythingSent(devices: readonly Device[]): Promise<boolean> {
  const standings = await Promise.all(devices.map(async (device) => device.standing()));
  return standings.every(({ isOnline, outbox }) => isOnline && outbox === 0);
}

function unlike(life: Life, folders: readonly FolderKind[]): readonly (readonly [FolderKind, Difference])[] {
  const [desk, laptop] = devicesOf(life.pair);
  const unlikes: (readonly [FolderKind, Difference])[] = [];
  for (const folder of folders) {
    const differences = differencesOf(life.trees.read(desk.root(folder)), life.trees.read(laptop.root(folder)));
    for (const difference of differences) {
      if (!life.spoilt.has(`${folder}/${difference.path}`)) {
        unlikes.push([folder, difference]);
      }
    }
  }
  return unlikes;
}

async function tell(life: Life, folder: FolderKind, path: string, detail: string): Promise<void> {
  const standings = await Promise.all(
    devicesOf(life.pair).map(async (device) => {
      const standing = (await device.standing()).folders.find(({ kind }) => kind === folder);
      const reason = standing?.notInStep.find((file) => file.path === path)?.reason;
      return `${device.name}: ${reason ?? (standing?.isPaused === true ? 'paused' : 'says nothing of it')}`;
    }),
  );
  life.spoilt.add(`${folder}/${path}`);
  if (life.tally.found('difference', `${folder}/${path}`, [detail, ...standings].join('; '))) {
    for (const device of devicesOf(life.pair)) {
      keepFile(life, device, folder, path);
    }
  }
}

function keepFile(life: Life, device: Device, folder: FolderKind, path: string): void {
  try {
    life.keep(`${device.name}/${folder}/${path}`, readFileSync(diskPathOf(device.root(folder), path)));
  } catch {
    // It is not there: that is the difference.
  }
}
