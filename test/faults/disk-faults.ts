import { join } from 'node:path';
import { type DiskError, type DiskOperation, type FailingDisk, createFailingDisk } from '../helpers/failing-disk.ts';
import type { Fault, Place } from './fault.ts';
import { startedOrRefused } from './refusal.ts';
import { saidOfDisk, saidOfRelay } from './said.ts';
import type { World } from './world.ts';

const operations: readonly DiskOperation[] = ['write', 'sync', 'read', 'open', 'rename'];
const errors: readonly DiskError[] = ['ENOSPC', 'EIO', 'EROFS', 'EMFILE'];
const places: readonly Place[] = ['a', 'b', 'relay'];
const titles = { a: 'device A', b: 'device B', relay: 'the relay' } as const;

/** A relay that runs reads and opens next to nothing. */
const seldomMs = 3000;

/** The disk of one place fails one kind of call with one error, then works again. */
export const diskFaults: readonly Fault[] = [
  ...places.flatMap((place) =>
    operations.flatMap((operation) => errors.map((error) => diskFault(place, operation, error, false))),
  ),
  ...places.flatMap((place) => operations.map((operation) => diskFault(place, operation, 'EIO', true))),
];

/** Each place and each call once, with one error after the other. */
export const shortDiskFaults: readonly Fault[] = places.flatMap((place, first) =>
  operations.map((operation, next) =>
    diskFault(place, operation, errors[(first + next) % errors.length] as DiskError, false),
  ),
);

function diskFault(place: Place, operation: DiskOperation, error: DiskError, atStart: boolean): Fault {
  let disk: FailingDisk;
  const call = `${operation === 'sync' ? 'fsync' : operation} ${error}`;
  return {
    name: `disk of ${titles[place]}${atStart ? ', which starts' : ''}: ${call}`,
    // Not every call is made of every disk; where none failed there is nothing to say.
    mustBeSaid: () => disk.hits() > 0,
    ...(place === 'relay' && !['write', 'sync'].includes(operation) ? { sayWithinMs: seldomMs } : {}),
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
      return {
        said: async () => refusal ?? (disk.hits() === 0 ? undefined : await saidAt(world, place)),
        async end() {
          disk.mend();
          return undefined;
        },
        figure: () => (disk.hits() === 0 ? 'no such call was made' : undefined),
      };
    },
  };
}

async function saidAt(world: World, place: Place): Promise<string | undefined> {
  return place === 'relay'
    ? ((await saidOfRelay(world.a)) ?? saidOfRelay(world.b))
    : saidOfDisk(place === 'a' ? world.a : world.b);
}
