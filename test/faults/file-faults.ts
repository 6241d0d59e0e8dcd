import Database from 'better-sqlite3';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { leavesOf, spoilPage } from '../helpers/damaged-page.ts';
import { come } from './come.ts';
import type { Fault } from './fault.ts';
import type { Member } from './member.ts';
import { startedOrRefused } from './refusal.ts';
import { saidByDoctor, saidOfDisk } from './said.ts';
import type { World } from './world.ts';

/** All that was sent has arrived once nothing did for so long. */
const restMs = 500;

/** What happens to the database of device A, whose daemon was killed, before it starts again. */
type Damage = (database: string, chance: () => number) => void;

/** A page of each table and index is rubbish. */
export const pageFaults: readonly Fault[] = treesOfToday().map((tree) => pageFault(tree, [tree]));

/** Several at once: all indexes, all that the copy beside the store gives back, all that is not of records. */
export const shortPageFaults: readonly Fault[] = [
  ...['sqlite_schema', 'record', 'record_index', 'history', 'log', 'linked_file'].map((tree) =>
    pageFault(tree, [tree]),
  ),
  pageFault(
    'each index',
    treesOfToday().filter((tree) => /_by_|_open|_held|_of_record|_waiting|_not_live|autoindex/.test(tree)),
  ),
  pageFault('each table of which there is a copy', [
    ...['session', 'key_check', 'name', 'collection', 'setting', 'scope_entry', 'epoch_key', 'link', 'vault'],
  ]),
  pageFault('each table beside the records', [
    ...['chain_head', 'acknowledgement', 'review', 'quarantine', 'audit', 'transition'],
  ]),
];

export const databaseFaults: readonly Fault[] = [
  // SQLite takes such an end for the end of the log: it is noticed by what the relay gives back.
  fileFault('WAL cut in its middle', (database) => cut(`${database}-wal`, 0.5)),
  fileFault('WAL of length zero', (database) => cut(`${database}-wal`, 0)),
  fileFault('WAL missing', (database) => rmSync(`${database}-wal`)),
  olderCopy(),
  fileFault('database gone', remove),
  fileFault('database of length zero', (database) => {
    remove(database);
    writeFileSync(database, '');
  }),
  fileFault('database of another program', (database) => {
    remove(database);
    const foreign = new Database(database);
    foreign.exec('create table bookmark (url text); insert into bookmark values (1), (2); pragma user_version = 7');
    foreign.close();
  }),
  fileFault('database that is no database', (database) => {
    remove(database);
    writeFileSync(database, 'This is a shopping list, and not what was here.\n'.repeat(2000));
  }),
];

/** A copy that was made while all went well is put back: what was saved in between is newer than what it knows. */
function olderCopy(): Fault {
  return {
    name: 'database of a moment ago',
    async strike(world) {
      const { a } = world;
      await a.kill();
      const copy = join(world.root, 'copy');
      copyDatabase(a.database, copy);
      await a.start();
      await pause(trafficMs);
      await a.kill();
      const destroyed = await onlyOn(world, a);
      remove(a.database);
      copyDatabase(copy, a.database);
      const overMs = performance.now();
      await a.start();
      return { overMs, destroyed, said: async () => saidByDoctor(a, /^database$/), end: async () => undefined };
    },
  };
}

const trafficMs = 1500;

function copyDatabase(from: string, to: string): void {
  for (const companion of ['', '-wal'].filter((name) => existsSync(from + name))) {
    copyFileSync(from + companion, to + companion);
  }
}

function pageFault(name: string, trees: readonly string[]): Fault {
  const damage: Damage = (database, chance) => {
    const pages = trees.map((tree) => {
      const leaves = leavesOf(database, tree);
      return leaves[Math.floor(chance() * leaves.length)] ?? 0;
    });
    pages.forEach((page) => spoilPage(database, page));
  };
  return fileFault(`flipped page in ${name}`, damage, { keepsFile: true });
}

function fileFault(name: string, damage: Damage, { keepsFile = false } = {}): Fault {
  return {
    name,
    async strike(world) {
      const { a, chance } = world;
      await a.kill();
      const destroyed = keepsFile ? [] : await onlyOn(world, a);
      damage(a.database, chance);
      const overMs = performance.now();
      const refusal = await startedOrRefused(a);
      return {
        ...{ overMs, destroyed },
        said: async () => refusal ?? (await saidOfDisk(a)) ?? saidByDoctor(a, /^database$/),
        end: async () => (refusal === undefined ? undefined : obey(a, refusal)),
      };
    },
  };
}

/** Does the one thing that a refusal tells a person to do. */
async function obey(member: Member, refusal: string): Promise<string | undefined> {
  if (!refusal.includes('Move it away')) {
    return undefined;
  }
  renameSync(member.database, `${member.database}.moved-away`);
  await member.start();
  return `mv ${member.database.split('/').at(-1)} elsewhere, sourcesync daemon start`;
}

/** What its person was told is stored, and the other device does not have once all that was sent is there. */
async function onlyOn({ members, book }: World, killed: Member): Promise<readonly string[]> {
  const other = members.find((member) => member !== killed);
  const lacking = async (): Promise<readonly string[]> => {
    const lacks = book.lostIn((await other?.shown()) ?? new Map<string, string>());
    return lacks.filter((id) => id.startsWith(`workspace ${killed.name}-`));
  };
  let lacks = await lacking();
  let sinceMs = performance.now();
  await come(restMs * 10, async () => {
    const now = await lacking();
    if (now.length !== lacks.length) {
      sinceMs = performance.now();
    }
    lacks = now;
    return performance.now() - sinceMs > restMs;
  });
  return lacks;
}

function remove(database: string): void {
  for (const companion of ['', '-wal', '-shm']) {
    rmSync(database + companion, { force: true });
  }
}

function cut(path: string, share: number): void {
  truncateSync(path, Math.floor(statSync(path).size * share));
}

/** Every table and index that a store has today; the schema itself stands on the first page. */
function treesOfToday(): readonly string[] {
  const database = new Database(':memory:');
  database.exec(readFileSync(join(packageRoot, 'src', 'store', 'sqlite', 'sql', 'schema', '2.sql'), 'utf8'));
  const names = database.prepare<[], string>('select name from sqlite_schema order by name').pluck().all();
  database.close();
  return ['sqlite_schema', ...names];
}
