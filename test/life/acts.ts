import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkStops } from './checks/stops.ts';
import type { Editor } from './editors/editor.ts';
import type { Life } from './life.ts';
import { isReplaced } from './lines.ts';
import { type Device, type FolderKind, otherOf } from './product/port.ts';
import { diskPathOf, hashOf, pathsBelow } from './tree.ts';
import { until } from './until.ts';

const lookEveryMs = 1_000;

/** A file of a linked folder on one machine. */
export interface Place {
  readonly device: Device;
  readonly folder: FolderKind;
  readonly path: string;
}

export function placeOf({ device, folder, path }: Place): string {
  return diskPathOf(device.root(folder), path);
}

export async function contentAt(place: Place): Promise<Uint8Array | undefined> {
  return readFile(placeOf(place)).catch(() => undefined);
}

export async function textAt(place: Place): Promise<string> {
  return new TextDecoder().decode((await contentAt(place)) ?? new Uint8Array());
}

/** Saves a file and enters it in the ledger; answers what the file held before. */
export async function save(
  life: Life,
  place: Place,
  bytes: Uint8Array,
  editor: Editor,
): Promise<Uint8Array | undefined> {
  const { device, folder, path } = place;
  await mkdir(dirname(placeOf(place)), { recursive: true });
  const before = await contentAt(place);
  life.ledger.replacing(device.name, folder, path);
  await editor.save(placeOf(place), bytes);
  enter(life, place, before, bytes, editor.name);
  return before;
}

/** Enters in the ledger what some program wrote. */
export function enter(
  life: Life,
  { device, folder, path }: Place,
  before: Uint8Array | undefined,
  bytes: Uint8Array,
  by: string,
): void {
  const { hash } = life.ledger.saved({ device: device.name, folder, path, bytes, before, by });
  life.remember(hash, bytes);
  life.deleted.delete(`${folder}/${path.normalize('NFC')}`);
  life.tally.count('bytes', bytes.length);
  if (before !== undefined && isReplaced(before, bytes)) {
    life.losses.lost(folder, path);
  }
}

/** A file that somebody else edits meanwhile may come back; any other stays away. */
export async function remove(life: Life, place: Place, isEditedElsewhere = false): Promise<void> {
  life.ledger.replacing(place.device.name, place.folder, place.path);
  life.losses.lost(place.folder, place.path);
  await rm(placeOf(place), { force: true });
  if (!isEditedElsewhere) {
    life.deleted.set(`${place.folder}/${place.path}`, performance.now());
  }
}

/** Gives a file or a folder another name on one machine. */
export async function move(life: Life, place: Place, to: string): Promise<void> {
  const { device, folder, path } = place;
  const inside = pathsBelow(device.root(folder), path);
  await mkdir(dirname(join(device.root(folder), to)), { recursive: true });
  await rename(placeOf(place), join(device.root(folder), to));
  for (const name of inside.length === 0 ? [path] : inside) {
    const renamed = `${to}${name.slice(path.length)}`;
    life.ledger.renamed(folder, name, renamed);
    life.deleted.delete(`${folder}/${renamed}`);
  }
}

/**
 * Waits until both machines have the same at each of these paths, be it nothing. Meanwhile somebody looks now and then
 * whether they are asked something, as people do when a file does not come.
 */
export async function inStep(life: Life, places: readonly Place[]): Promise<boolean> {
  const open = new Set(places);
  let lookedMs = performance.now();
  const isInStep = await until(life.signal, life.patienceMs, async () => {
    for (const place of open) {
      if (!(await isAlike(life, place))) {
        break;
      }
      await noteSeen(life, place);
      open.delete(place);
    }
    if (open.size > 0 && performance.now() - lookedMs > lookEveryMs) {
      await checkStops(life);
      lookedMs = performance.now();
    }
    return open.size === 0;
  });
  if (!isInStep) {
    life.tally.count('files that were late', open.size);
    life.note('late', { paths: [...open].map(({ folder, path }) => `${folder}/${path}`) });
  }
  return isInStep;
}

async function isAlike(life: Life, place: Place): Promise<boolean> {
  const there = { ...place, device: otherOf(life.pair, place.device) };
  const [mine, theirs] = await Promise.all([contentAt(place), contentAt(there)]);
  return mine === undefined || theirs === undefined ? mine === theirs : Buffer.compare(mine, theirs) === 0;
}

async function noteSeen(life: Life, place: Place): Promise<void> {
  const content = await contentAt(place);
  if (content !== undefined) {
    life.ledger.seen(place.device.name, place.folder, place.path, hashOf(content));
  }
}

/** One save and the time until the other machine has it. */
export async function saveTimed(life: Life, place: Place, bytes: Uint8Array, editor: Editor): Promise<void> {
  await save(life, place, bytes, editor);
  const savedMs = performance.now();
  await inStep(life, [place]);
  life.tally.inStepAfter(performance.now() - savedMs);
}

/** Waits until the machine itself has taken a save in; true when it has. */
export async function takenIn(life: Life, { device, folder, path }: Place, bytes: Uint8Array): Promise<boolean> {
  const hash = hashOf(bytes);
  const isTaken = await until(life.signal, life.patienceMs, async () => {
    const held = await device.fileOf(folder, path);
    return held !== undefined && hashOf(held) === hash;
  });
  if (isTaken) {
    life.ledger.seen(device.name, folder, path, hash);
  }
  return isTaken;
}
