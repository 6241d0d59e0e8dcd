import type { HomePaths } from '../../cli/ground/context.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Config } from '../ground/config.ts';
import type { RelaySetting } from '../ground/relay-config.ts';

const setting = 'relays.used';

/** A home that synced, of which nothing says any more through which relay. */
export interface LostRelay {
  readonly message: string;
  readonly remedy: string;
}

export interface LostRelayDeps {
  readonly store: Store;
  readonly replica: Pick<Replica, 'scopes'>;
  readonly config: () => Pick<Config, 'localOnly'>;
  /** Those in use. */
  readonly relays: readonly RelaySetting[];
  readonly paths: Pick<HomePaths, 'config'>;
}

/** Keeps the addresses of the relays that are configured now, for the day on which their configuration is lost. Tokens are not kept. */
export function rememberRelays(store: Pick<Store, 'settings'>, relays: readonly RelaySetting[]): void {
  const texts = relays.map(({ address }) => address.text);
  if (texts.length > 0 && JSON.stringify(store.settings.get(setting)) !== JSON.stringify(texts)) {
    store.settings.set(setting, texts);
  }
}

/** Undefined where a relay is in use, none ever was, or a person wants none. */
export function lostRelay({ store, replica, config, relays, paths }: LostRelayDeps): LostRelay | undefined {
  if (relays.length > 0 || config().localOnly) {
    return undefined;
  }
  const known = store.settings.get(setting);
  const used = Array.isArray(known) ? known.filter((text) => typeof text === 'string') : [];
  const hasSent = (): boolean =>
    replica.scopes().some(({ state, local }) => !local && store.log.acknowledgedAnywhere(state.scopeId) > 0);
  if (used.length === 0 && !hasSent()) {
    return undefined;
  }
  const through = used.length === 0 ? 'a relay' : used.join(' and ');
  const addresses = used.length === 0 ? ['ws://HOST:PORT'] : used;
  const line =
    addresses.length === 1 ? `url = "${addresses[0]}"` : `urls = [${addresses.map((one) => `"${one}"`).join(', ')}]`;
  return {
    message: `This device used ${through}, and no relay is configured any more: nothing is sent or received. What is written here is kept, and sent once there is one again.`,
    remedy: `Write into ${paths.config}, under [relay]: ${line} (or local_only = true, where none is wanted). Then: sourcesync daemon stop, and sourcesync daemon start`,
  };
}
