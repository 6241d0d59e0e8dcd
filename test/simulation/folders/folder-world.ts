import type { CollectionName } from '../../../src/base/ids.ts';
import { textFromUtf8 } from '../../../src/base/bytes.ts';
import { fingerprintOf } from '../../../src/sources/ground/fingerprint.ts';
import type { ProblemCode } from '../../../src/sources/ground/problem-code.ts';
import { startMs } from '../../helpers/household.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import { type Random, createRandom } from '../random.ts';
import { type FolderDevice, createFolderDevice } from './folder-device.ts';
import { type FolderFinding, type Touched, judgeRest } from './folder-oracles.ts';
import type { FolderPlants } from './folder-plants.ts';
import { Crash, type DiskTrouble } from './memory-disk.ts';
import { type Desk, doSomething } from './people.ts';
import { type DiskClock, type FileNode, type Tree, createTree, filesOf } from './tree.ts';

/** What goes wrong in one schedule; each is on or off by its seed. */
interface Weather {
  readonly crashes: boolean;
  readonly diskErrors: boolean;
  readonly unmounts: boolean;
  readonly lostHints: boolean;
  readonly coarseTimes: boolean;
  readonly relinks: boolean;
  readonly offline: boolean;
  /** People go on in the middle of a pass. */
  readonly meddling: boolean;
}

export interface FolderSchedule {
  readonly findings: readonly FolderFinding[];
  /** How often each thing happened, so that a schedule in which nothing does is noticed. */
  readonly counts: Readonly<Record<string, number>>;
}

const epochs = 3;
const deedsAnEpoch = 14;
const mostRestRounds = 12;

/** Two or three people with a linked folder each, some days of work, and what must hold whenever they rest. */
export async function runFolderSeed(seed: number, plants: FolderPlants = {}): Promise<FolderSchedule> {
  const world = createWorld(seed, plants);
  const findings: FolderFinding[] = [];
  for (const one of world.folders) {
    await one.scan(true);
  }
  for (let epoch = 0; epoch < epochs && findings.length === 0; epoch++) {
    await work(world);
    findings.push(...(await rest(world)));
  }
  return { findings, counts: Object.fromEntries(world.counts) };
}

interface World {
  readonly random: Random;
  readonly weather: Weather;
  readonly collection: CollectionName;
  readonly devices: Devices;
  readonly folders: readonly FolderDevice[];
  readonly desks: readonly Desk[];
  readonly promised: Map<string, Set<string>>;
  readonly counts: Map<string, number>;
  touched: Touched[];
  before: ReadonlyMap<string, Uint8Array>;
  /** While everything is mended nothing goes wrong. */
  isHealing: boolean;
}

function createWorld(seed: number, plants: FolderPlants): World {
  const random = createRandom(seed, 'folders');
  const weather = weatherOf(createRandom(seed, 'weather'));
  const devices = setupDevices(random.chance(0.3) ? 3 : 2, { seed });
  const collection = random.pick(['presence', 'workspace']) as CollectionName;
  const trouble = createRandom(seed, 'trouble');
  let inode = 0;
  const clock: DiskClock = {
    nowMs: () => devices.clock.nowMs,
    grainMs: weather.coarseTimes ? 2000 : 1,
    nextInode: () => ++inode,
  };
  devices.clock.nowMs = startMs;
  const world: World = {
    ...{ random, weather, collection, devices, folders: [], desks: [], isHealing: true },
    ...{ promised: new Map(), counts: new Map(), touched: [], before: new Map() },
  };
  const folders = devices.all.map((device, index) =>
    createFolderDevice({
      ...{ name: 'ABC'.charAt(index), device, collection, clock, plants },
      trouble: troubleOf(world, index, trouble),
    }),
  );
  const desks = folders.map(({ tree }): Desk => ({ tree, clock, random, past: new Map() }));
  return Object.assign(world, { folders, desks });
}

function weatherOf(random: Random): Weather {
  const on = (): boolean => random.chance(0.5);
  return {
    ...{ crashes: on(), diskErrors: on(), unmounts: on(), lostHints: on() },
    ...{ coarseTimes: on(), relinks: on(), offline: on(), meddling: on() },
  };
}

function troubleOf(world: World, index: number, random: Random): DiskTrouble {
  const codes: readonly ProblemCode[] = ['input_output', 'disk_full', 'not_writable', 'too_many_open_files'];
  const within = (): void => {
    if (!world.isHealing && world.weather.crashes && random.chance(0.004)) {
      count(world, 'crash');
      throw new Crash('the process ended here');
    }
  };
  return {
    within,
    step() {
      within();
      const [one, desk] = [world.folders[index], world.desks[index]];
      const isThere = one !== undefined && one.mount.tree === one.tree;
      if (!world.isHealing && world.weather.meddling && isThere && desk !== undefined && random.chance(0.02)) {
        count(world, 'meddling');
        world.touched.push(...doSomething(desk).map((deed) => ({ device: one.name, deed })));
      }
    },
    fault(operation) {
      if (world.isHealing || !world.weather.diskErrors || !random.chance(0.03)) {
        return undefined;
      }
      count(world, 'fault');
      return operation === 'write'
        ? random.pick(codes)
        : random.pick(['input_output', 'unreadable', 'too_many_open_files']);
    },
  };
}

async function work(world: World): Promise<void> {
  const { random, weather, folders } = world;
  world.isHealing = false;
  for (let deed = 0; deed < deedsAnEpoch; deed++) {
    world.devices.clock.nowMs += Math.floor(random.between(1, 5000));
    const index = random.below(folders.length);
    const one = folders[index] as FolderDevice;
    if (weather.unmounts && random.chance(0.12)) {
      changeMount(world, one);
    }
    if (weather.relinks && random.chance(0.03) && one.mount.tree === one.tree) {
      await relink(world, one);
    }
    await act(world, one, world.desks[index] as Desk);
    if (!weather.offline || random.chance(0.2)) {
      world.devices.exchange();
    }
    const other = random.pick(folders);
    await (random.chance(0.5) ? other.followRecords() : other.follow([]));
  }
  world.isHealing = true;
}

async function act(world: World, one: FolderDevice, desk: Desk): Promise<void> {
  const { random, weather } = world;
  // Nobody works in a folder that is away.
  if (one.mount.tree !== one.tree) {
    await one.scan(random.chance(0.5));
    return;
  }
  const deeds = doSomething(desk);
  for (const deed of deeds) {
    count(world, deed.what);
    world.touched.push({ device: one.name, deed });
  }
  const hints = deeds.flatMap((deed) => deed.hints);
  const isTold = !weather.lostHints || random.chance(0.5);
  const isDone = isTold ? await one.follow(hints) : random.chance(0.3) && (await one.scan(random.chance(0.5)));
  if (isDone) {
    promise(
      world,
      one,
      deeds.flatMap(({ path, to }) => [path, ...(to === undefined ? [] : [to])]),
    );
  }
}

/** What was seen of these paths has to be somewhere from here on. */
function promise({ promised }: World, { tree, state }: FolderDevice, paths: readonly string[]): void {
  const isApart = new Set(state.problems.list().map(({ path }) => path));
  for (const path of paths) {
    const node = tree.nodes.get(path);
    const text = node?.kind === 'file' ? textFromUtf8(node.bytes) : undefined;
    const isSeen = node?.kind === 'file' && isNoted(state.notes.file('', path)?.hash, node);
    if (text !== undefined && text.trim() !== '' && isSeen && !isApart.has(path) && state.root.paused === undefined) {
      promised.set(path, (promised.get(path) ?? new Set()).add(text));
    }
  }
}

/** The source has read these very bytes: a disk with a coarse clock hides a save from it for a while. */
function isNoted(hash: string | null | undefined, { bytes, mode }: FileNode): boolean {
  const executable = (mode & 0o100) !== 0;
  return [true, false].some((isPrivate) => fingerprintOf(bytes, { executable, private: isPrivate }) === hash);
}

/** The disk goes, or an empty folder or an old copy lies in its place; or the folder is back. */
function changeMount(world: World, { mount, tree, name }: FolderDevice): void {
  if (mount.tree !== tree) {
    mount.tree = tree;
    return;
  }
  count(world, 'unmount');
  mount.tree = world.random.chance(0.3) ? undefined : strangeTree(world, name);
}

function strangeTree({ random, devices }: World, name: string): Tree {
  const strange = createTree(`strange folder in place of ${name} at ${devices.clock.nowMs}`);
  if (random.chance(0.3)) {
    strange.nodes.set('a.md', {
      ...{ kind: 'file', bytes: Buffer.from('not ours'), mode: 0o644, inode: 1_000_000 },
      ...{ modifiedMs: devices.clock.nowMs, changedMs: devices.clock.nowMs },
    });
  }
  return strange;
}

async function relink(world: World, one: FolderDevice): Promise<void> {
  // What was not told yet would be taken for what it was made from: a person unlinks a folder that is in step.
  const isSeen = await one.scan(true);
  if (isSeen && one.state.problems.list().length === 0) {
    count(world, 'relink');
    // A person who renames files while a new link is read for the first time is nobody that a program can understand.
    world.isHealing = true;
    one.relink();
    await one.scan(true);
    world.isHealing = false;
  }
}

/** Everything is mended, told and looked at, until nothing moves any more; then it is judged. */
async function rest(world: World): Promise<readonly FolderFinding[]> {
  const { devices, folders, collection } = world;
  for (const one of folders) {
    one.mount.tree = one.tree;
  }
  let round = 0;
  for (let last = ''; round < mostRestRounds; round++) {
    devices.clock.nowMs += 10_000;
    devices.exchange();
    for (const one of folders) {
      await one.followRecords();
      await one.scan(true);
      await one.follow([]);
    }
    devices.exchange();
    const now = JSON.stringify(
      folders.map(({ tree }) =>
        [...filesOf(tree)]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([path, bytes]) => [path, Buffer.from(bytes).toString('hex')]),
      ),
    );
    if (now === last && round > 1) {
      break;
    }
    last = now;
  }
  const { promised, before, touched } = world;
  const found = judgeRest({ devices: folders, collection, promised, before, touched });
  world.touched = [];
  world.before = filesOf((folders[0] as FolderDevice).tree);
  return round >= mostRestRounds ? [{ oracle: 'different', words: 'the folders never come to rest' }, ...found] : found;
}

function count({ counts }: World, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
