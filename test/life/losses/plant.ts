import { save, takenIn, textAt } from '../acts.ts';
import { rest } from '../checks/rest.ts';
import { redirect } from '../editors/shell.ts';
import type { Life } from '../life.ts';
import { type Device, type FolderKind, devicesOf, otherOf } from '../product/port.ts';
import { bytesOf, edited, noteText } from '../texts.ts';
import type { Tree } from '../tree.ts';
import { until } from '../until.ts';
import type { Loss } from './loss.ts';

/** A minute, and what it takes until somebody has answered. */
const lastMinuteMs = 90_000;

/** Fewer files than this could all go without being a mass loss. */
export const fewestFiles = 15;

export interface Planting {
  readonly loss: Loss;
  readonly device: Device;
  readonly folder: FolderKind;
  /** The daemon starts again while it is stopped, and must remember why. */
  readonly restarts: boolean;
  /** What the person says of it in the end. */
  readonly answer: 'accept' | 'reject';
}

/**
 * Everything in a folder is gone on one machine. The other must keep all of it until a person has spoken, while it works
 * on and sends what is new.
 */
export async function plant(life: Life, planting: Planting): Promise<void> {
  const { loss, device, folder } = planting;
  const other = otherOf(life.pair, device);
  await rest(life, [folder]);
  const all = treeOf(life, other, folder);
  // An empty file has nothing that could be lost: an earlier loss that was meant left them. Where most are empty, all that
  // is left is a few of the files in step.
  const before = new Map([...all].filter(([, { sizeBytes }]) => sizeBytes > 0));
  if (before.size < fewestFiles || before.size < all.size / 2) {
    return;
  }
  life.losses.plant(folder, device.name);
  life.tally.count('mass losses planted');
  life.note('planted', { loss: loss.name, device: device.name, folder, files: before.size, answer: planting.answer });
  try {
    await inflict(planting);
    let isSaid = false;
    await until(life.signal, life.patienceMs, async () => {
      isSaid = await isStopped(life, folder);
      return isSaid || isMass(before, missingFrom(before, treeOf(life, other, folder), new Set()));
    });
    const touched = await workMeanwhile(life, planting, other);
    judge(life, planting, { isSaid, before, missing: missingFrom(before, treeOf(life, other, folder), touched) });
    await settle(life, planting);
  } catch (cause) {
    await loss.undo?.(device.root(folder)).catch(() => undefined);
    life.losses.answer(planting.answer);
    throw cause;
  }
}

async function inflict({ loss, device, folder }: Planting): Promise<void> {
  if (loss.isOffline) {
    await device.stop();
  }
  await loss.inflict(device.root(folder));
  if (loss.isOffline) {
    await device.start();
  } else {
    await device.look();
  }
}

/** Asked about, or the folder stands still. */
async function isStopped(life: Life, folder: FolderKind): Promise<boolean> {
  for (const device of devicesOf(life.pair)) {
    if ((await isPaused(device, folder)) || (await device.items()).some((item) => item.folder === folder)) {
      return true;
    }
  }
  return false;
}

async function isPaused(device: Device, folder: FolderKind): Promise<boolean> {
  return (await device.standing()).folders.some((standing) => standing.kind === folder && standing.isPaused);
}

/** The other machine changes one file and makes one, and both look again: that must not let the loss through. */
async function workMeanwhile(
  life: Life,
  { device, folder, restarts }: Planting,
  other: Device,
): Promise<ReadonlySet<string>> {
  const { random } = life;
  const fresh = { device: other, folder, path: `meanwhile/${random.below(100_000)}.md` };
  const bytes = bytesOf(noteText(random));
  await save(life, fresh, bytes, redirect);
  const [path] = random.shuffled([...treeOf(life, other, folder).keys()].filter((name) => /\.(md|txt)$/.test(name)));
  const touched = new Set([fresh.path]);
  if (path !== undefined && path !== fresh.path) {
    const place = { device: other, folder, path };
    await save(life, place, bytesOf(edited(await textAt(place), random)), redirect);
    touched.add(path);
  }
  await takenIn(life, fresh, bytes);
  if (restarts) {
    await device.stop();
    await device.start();
  }
  // What comes in must have come in before anything is judged; in a reviewed collection it waits, and is not waited for.
  if (folder !== 'shell') {
    await until(life.signal, life.patienceMs, async () => (await device.fileOf(folder, fresh.path)) !== undefined);
  }
  await device.look();
  await other.look();
  return touched;
}

interface Outcome {
  readonly isSaid: boolean;
  readonly before: Tree;
  /** Files that are gone or others on the machine where nothing happened. */
  readonly missing: readonly string[];
}

function judge(life: Life, { loss, device, folder, restarts }: Planting, outcome: Outcome): void {
  const { isSaid, before, missing } = outcome;
  const subject = `${loss.name} in ${folder}, ${life.tally.scene}`;
  const where = `on the ${device.name}${restarts ? ', which started again' : ''}`;
  const stranger = loss.undo === undefined ? undefined : [...treeOf(life, device, folder).keys()][0];
  if (missing.length > 0) {
    life.tally.count('files that got away before a stop', missing.length);
    life.note('got away', { folder, missing });
  }
  if (isMass(before, missing)) {
    const some = `${missing.length} of ${before.size} files, such as ${missing[0]}`;
    life.tally.found('missedLoss', subject, `${where}: ${some}, are gone or others on the other machine`);
  } else if (!isSaid) {
    life.tally.found('missedLoss', subject, `${where}: nothing is gone, and nobody is told`);
  } else if (stranger !== undefined) {
    life.tally.found(
      'missedLoss',
      subject,
      `${where}: ${stranger} was written into a folder that is not the right one`,
    );
  } else {
    life.tally.count('mass losses stopped');
  }
}

/** The first few files may go before anybody can know that it is a mass; a tenth of all may not. */
function isMass(before: Tree, missing: readonly string[]): boolean {
  return missing.length > before.size / 10;
}

/** The disk is mounted again, or the person says whether it was meant; then everything goes on. */
async function settle(life: Life, { loss, device, folder, answer }: Planting): Promise<void> {
  if (loss.undo !== undefined) {
    await loss.undo(device.root(folder));
    await device.resumeFolder(folder);
  } else if (await isPaused(device, folder)) {
    // An empty folder is taken for another one: there is nothing to accept, and what is missing is written again.
    await device.adoptFolder(folder);
  }
  life.losses.answer(answer);
  if (answer === 'reject') {
    forgetLately(life, folder);
  }
  await rest(life, [folder]);
}

/** What went within the minute before comes back with what is rejected: it counts as part of the same. */
function forgetLately({ deleted }: Life, folder: FolderKind): void {
  for (const [file, atMs] of deleted) {
    if (file.startsWith(`${folder}/`) && performance.now() - atMs < lastMinuteMs) {
      deleted.delete(file);
    }
  }
}

/** Files that are gone or were made others. */
function missingFrom(before: Tree, now: Tree, touched: ReadonlySet<string>): readonly string[] {
  return [...before]
    .filter(([path, { hash }]) => !touched.has(path) && now.get(path)?.hash !== hash)
    .map(([path]) => path);
}

function treeOf(life: Life, device: Device, folder: FolderKind): Tree {
  return life.trees.read(device.root(folder));
}
