import { join } from 'node:path';
import type { RelayAddress } from '../../base/relay-address.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { Replica } from '../../replica/port.ts';
import { findInText } from '../../redaction/find-secrets.ts';
import type { LargeFolder } from '../../sources/passes/source-state.ts';
import type { ConfigInForce } from '../ground/live-config.ts';
import { createChunkRelays } from './chunk-relays.ts';
import { largestFileBytes } from './file-sizes.ts';
import { createLargeFolder } from './large-folder.ts';
import { scopeKeysOf } from './scope-keys.ts';
import { createSmallestFirst } from './smallest-first.ts';

export interface LargeFoldersDeps {
  readonly keys: DeviceKeys;
  readonly replica: Pick<Replica, 'scopes' | 'scopeOf' | 'epochKey'>;
  readonly paths: Pick<HomePaths, 'state'>;
  readonly config: Pick<ConfigInForce, 'current'>;
}

/** A relay of this device, and whether it is connected. */
interface KnownRelay {
  readonly address: RelayAddress;
  readonly state: { readonly state: string };
}

/** Large files of all linked folders of this home, which share its connections and take turns. */
export interface LargeFolders {
  of(binding: CollectionBinding, root: string): LargeFolder;
  stop(): void;
}

/** Files that are moved at a time: one that reads while the other waits. */
const atOnce = 2;

export function createLargeFolders(
  { keys, replica, paths, config }: LargeFoldersDeps,
  known: () => readonly KnownRelay[] | undefined,
): LargeFolders {
  const online = (): readonly RelayAddress[] =>
    (known() ?? []).filter(({ state }) => state.state === 'online').map(({ address }) => address);
  const relays = createChunkRelays({ keys, online });
  const turns = createSmallestFirst(atOnce);
  return {
    of: (binding, root) =>
      createLargeFolder({
        ...{ root, relays, turns, folder: join(paths.state, 'chunks') },
        keys: () => scopeKeysOf(replica, binding),
        findSecrets: findInText,
        maximumBytes: () => largestFileBytes(config, binding.manifest.engineId),
      }),
    stop: relays.close,
  };
}
