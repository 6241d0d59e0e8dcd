import { join } from 'node:path';
import type { Logger } from 'pino';
import type { RelayAddress } from '../../base/relay-address.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { Replica } from '../../replica/port.ts';
import { findInText } from '../../redaction/find-secrets.ts';
import type { Store } from '../../store/ground/port.ts';
import type { LargeFolder } from '../../sources/passes/source-state.ts';
import type { ConfigInForce } from '../ground/live-config.ts';
import { createChunkRelays } from './chunk-relays.ts';
import { largestFileBytes } from './file-sizes.ts';
import { largeFilesHere } from './large-files-here.ts';
import { createLargeFolder } from './large-folder.ts';
import { createMoveTurns } from './move-turns.ts';
import { scopeKeysOf } from './scope-keys.ts';
import { createUpkeep } from './upkeep.ts';

export interface LargeFoldersDeps {
  readonly keys: DeviceKeys;
  readonly replica: Pick<Replica, 'scopes' | 'scopeOf' | 'epochKey'>;
  readonly paths: Pick<HomePaths, 'state'>;
  readonly config: Pick<ConfigInForce, 'current'>;
  readonly store: Pick<Store, 'links' | 'records'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}

/** A relay of this device, and whether it is connected. */
interface KnownRelay {
  readonly address: RelayAddress;
  readonly state: { readonly state: string };
}

/** Large files of all linked folders of this home, which share its connections and take turns. */
export interface LargeFolders {
  of(binding: CollectionBinding, root: string): LargeFolder;
  /** A relay was reached: what it lost of files that lie here is brought again. */
  reached(): void;
  stop(): void;
}

/** Files that are moved at a time: one that reads while the other waits. */
const atOnce = 2;
/** A relay that comes and goes is not asked about every file each time. */
const upkeepEveryMs = 15_000;

export function createLargeFolders(
  { keys, replica, paths, config, store, log }: LargeFoldersDeps,
  known: () => readonly KnownRelay[] | undefined,
): LargeFolders {
  const online = (): readonly RelayAddress[] =>
    (known() ?? []).filter(({ state }) => state.state === 'online').map(({ address }) => address);
  const relays = createChunkRelays({ keys, online });
  const turns = createMoveTurns(atOnce);
  const folders = new Set<() => Promise<number>>();
  const upkeep = createUpkeep(upkeepEveryMs, async () => {
    for (const bring of folders) {
      try {
        const chunks = await bring();
        if (chunks > 0) {
          log.warn({ chunks }, 'a relay lost parts of large files: they were brought again');
        }
      } catch (cause) {
        log.info({ err: cause }, 'a relay could not be asked about large files; it is asked at the next connection');
      }
    }
  });
  return {
    of: (binding, root) =>
      createLargeFolder({
        ...{ root, relays, turns, folder: join(paths.state, 'chunks') },
        keys: () => scopeKeysOf(replica, binding),
        findSecrets: findInText,
        care: {
          here: () => largeFilesHere(store, binding, root),
          begin(bring) {
            folders.add(bring);
            // A folder that is linked or goes on now may hold what nobody had looked after.
            upkeep.ask();
            return () => folders.delete(bring);
          },
        },
        maximumBytes: () => largestFileBytes(config, binding.manifest.engineId),
      }),
    reached: upkeep.ask,
    stop() {
      upkeep.stop();
      relays.close();
    },
  };
}
