import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { command } from '../bench/stage/device.ts';
import { type DiskError, type DiskOperation, type FailingDisk, createFailingDisk } from '../helpers/failing-disk.ts';
import type { Fault, Place } from './fault.ts';
import { startedOrRefused } from './refusal.ts';
import { saidOfDisk, saidOfRelay, short } from './said.ts';
import type { World } from './world.ts';

const operations: readonly DiskOperation[] = ['write', 'sync', 'read', 'open', 'rename'];
const errors: readonly DiskError[] = ['ENOSPC', 'EIO', 'EROFS', 'EMFILE'];
const places: readonly Place[] = ['a', 'b', 'relay'];
const titles = { a: 'device A', b: 'device B', relay: 'the relay' } as const;

/** A relay that runs opens nothing. */
const seldomMs = 3000;

/** The disk of one place fails one kind of call with one error, then works again. */
export const diskFaults: readonly Fault[] = [
  ...places.flatMap((place) =>
    operations.flatMap((operation) => errors.map((error) => diskFault(place, operation, error, false))),
  ),
  ...disksAtStart(places),
];

/** Each place and each call once, with one error after the other. */
export const shortDiskFaults: readonly Fault[] = [
  ...places.flatMap((place, first) =>
    operations.map((operation, next) =>
      diskFault(place, operation, errors[(first + next) % errors.length] as DiskError, false),
    ),
  ),
  ...disksAtStart(['relay']),
];

function disksAtStart(at: readonly Place[]): readonly Fault[] {
  return at.flatMap((place) => operations.map((operation) => diskFault(place, operation, 'EIO', true)));
}

function diskFault(place: Place, operation: DiskOperation, error: DiskError, atStart: boolean): Fault {
  let disk: FailingDisk;
  const call = `${operation === 'sync' ? 'fsync' : operation} ${error}`;
  return {
    name: `disk of ${titles[place]}${atStart ? ', which starts' : ''}: ${call}`,
    // Not every call is made of every disk; where none failed there is nothing to say.
    mustBeSaid: () => disk.hits() > 0 || (place === 'relay' && ['read', 'rename'].includes(operation)),
    ...(place === 'relay' && operation === 'open' && !atStart ? { sayWithinMs: seldomMs } : {}),
    async prepare(root) {
      // The home and the linked folder of a device begin with its name.
      disk = createFailingDisk(join(root, 'shim'), place === 'relay' ? join(root, 'relay', '/') : join(root, place));
      return { environment: { [place]: disk.environment } };
    },
    async strike(world) {
      const process = place === 'relay' ? world.relay : world[place];
      let refusal: string | undefined;
      if (atStart) {
        await process.kill();
        disk.fail(operation, error);
        refusal = await startedOrRefused(process);
      } else if (operation === 'read') {
        // What is in memory already is not read.
        await process.kill();
        await process.start();
      }
      disk.fail(operation, error);
      if (place === 'relay' && operation === 'rename') {
        refusal = await refusedToken(world, disk);
      }
      return {
        said: async () => refusal ?? (disk.hits() === 0 ? undefined : await saidAt(world, place)),
        async end() {
          disk.mend();
          return place === 'relay' && operation === 'rename' ? refusedToken(world, disk) : undefined;
        },
        figure: () => (disk.hits() === 0 ? 'no such call was made' : undefined),
      };
    },
  };
}

async function saidAt(world: World, place: Place): Promise<string | undefined> {
  return place === 'relay' ? saidByRelay(world) : saidOfDisk(place === 'a' ? world.a : world.b);
}

/** What the relay itself says: to its devices, and to its operator by file and error. That it is not there is no word of it. */
async function saidByRelay({ relay, members }: World): Promise<string | undefined> {
  const told = await Promise.all(members.map(saidOfRelay));
  const words = told.find((text) => text?.includes('the relay could not'));
  const line = /^relay error: .*relay\.sqlite: .*\(SQLITE_\w+\)/m.exec(relay.lastWords())?.[0];
  return words === undefined || line === undefined ? undefined : `${words}; ${short(line)}`;
}

/** The relay renames nothing while it runs; whoever makes a token beside it does. Undefined where one was made. */
async function refusedToken({ root }: World, { environment }: FailingDisk): Promise<string | undefined> {
  const words = [command, 'relay', 'token', 'create', '--data', join(root, 'relay')];
  const made = promisify(execFile)(process.execPath, words, { env: { ...process.env, ...environment } });
  return made.then(
    () => undefined,
    ({ stderr }: { readonly stderr: string }) => `no token is made: ${short(stderr)}`,
  );
}
