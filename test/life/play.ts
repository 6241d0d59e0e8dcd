import { createRandom } from '../simulation/random.ts';
import { checkCopies } from './checks/copies.ts';
import { checkDeletions } from './checks/deletions.ts';
import { checkKeptTexts } from './checks/kept-texts.ts';
import { rest } from './checks/rest.ts';
import { checkStops } from './checks/stops.ts';
import { furnish } from './furnish.ts';
import type { Life } from './life.ts';
import { fewestFiles, plant } from './losses/plant.ts';
import { devicesOf, folderKinds } from './product/port.ts';
import type { Entry } from './timetable.ts';
import { Interrupted } from './until.ts';

export interface LifeOptions {
  readonly seed: number;
  /** The scene that is begun last; the clock decides where it is undefined. */
  readonly scenes: number | undefined;
  timetable(day: number): readonly Entry[];
  isTimeOver(): boolean;
}

export interface Lived {
  readonly days: number;
  readonly scenes: number;
  readonly isInterrupted: boolean;
}

type Lasting = Omit<Life, 'random'>;

/** Lives from moving in to the last evening, and checks what the folders promise every evening and in the end. */
export async function play(lasting: Lasting, options: LifeOptions): Promise<Lived> {
  const verified = new Set<string>();
  let [days, scenes] = [0, 0];
  try {
    await moveIn(inScene(lasting, options.seed, 'moving in'));
    for (let isOver = false; !isOver; days++) {
      for (const entry of options.timetable(days)) {
        isOver = options.scenes === undefined ? options.isTimeOver() : scenes >= options.scenes;
        if (isOver) {
          break;
        }
        scenes += 1;
        await playOne(inScene(lasting, options.seed, `day ${days + 1}, scene ${scenes}, ${nameOf(entry)}`), entry);
      }
      await evening(inScene(lasting, options.seed, `evening of day ${days + 1}`), verified);
    }
    // From the beginning: what was once brought back must still be.
    await checkKeptTexts(inScene(lasting, options.seed, 'the end'), new Set());
    return { days, scenes, isInterrupted: false };
  } catch (cause) {
    if (cause instanceof Interrupted || lasting.signal.aborted) {
      return { days, scenes, isInterrupted: true };
    }
    throw cause;
  }
}

function inScene(lasting: Lasting, seed: number, name: string): Life {
  lasting.tally.scene = name;
  lasting.note('scene', { name });
  return { ...lasting, random: createRandom(seed, name) };
}

async function moveIn(life: Life): Promise<void> {
  for (const folder of folderKinds) {
    await furnish(life, life.pair.desk, folder);
  }
  for (const device of devicesOf(life.pair)) {
    for (const folder of folderKinds) {
      await device.link(folder);
    }
  }
  await rest(life);
  life.ledger.rested();
}

/** A scene that cannot be played to its end is a fault of the product, or of the scene: it is told, and life goes on. */
async function playOne(life: Life, entry: Entry): Promise<void> {
  try {
    if (entry.kind === 'scene') {
      life.tally.count('scenes played');
      await entry.scene.play(life);
    } else {
      await plant(life, { ...entry, device: life.pair[entry.on] });
      await refurnish(life);
    }
    await checkStops(life);
  } catch (cause) {
    if (cause instanceof Interrupted || life.signal.aborted) {
      throw cause;
    }
    life.tally.found(
      'broken',
      life.tally.scene,
      cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    );
    await revive(life);
  }
}

/** What a mass loss took away for good is replaced by new work. */
async function refurnish(life: Life): Promise<void> {
  for (const folder of folderKinds) {
    if (life.trees.read(life.pair.desk.root(folder)).size < fewestFiles) {
      await furnish(life, life.pair.desk, folder);
    }
  }
}

async function revive(life: Life): Promise<void> {
  for (const device of devicesOf(life.pair)) {
    const answers = await device.standing().then(
      () => true,
      () => false,
    );
    if (!answers) {
      await device.kill().catch(() => undefined);
      await device.start();
    }
    await device.resume();
  }
}

async function evening(life: Life, verified: Set<string>): Promise<void> {
  await rest(life);
  life.ledger.rested();
  checkCopies(life);
  checkDeletions(life);
  await checkKeptTexts(life, verified);
}

function nameOf(entry: Entry): string {
  return entry.kind === 'scene' ? entry.scene.name : entry.loss.name;
}
