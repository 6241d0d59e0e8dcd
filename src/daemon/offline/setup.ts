import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stringify as stringifyToml } from 'smol-toml';
import { assert } from '../../base/assert.ts';
import { base64urlFromBytes } from '../../base/bytes.ts';
import type { ScopeId, UserId } from '../../base/ids.ts';
import { parseRelayAddress } from '../../base/relay-address.ts';
import type { HomePaths, InitOptions, InitResult, KeptKeys } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { foldScope, openScope } from '../../membership/log/scope-log.ts';
import { parseLabel } from '../../membership/parse/labels.ts';
import type { Store } from '../../store/ground/port.ts';
import { type FoundedScope, foundIdentity } from '../ground/found.ts';
import { newToken } from '../keys/api-token.ts';
import { requestedProtection } from '../keys/key-commands.ts';
import {
  type HomeKeys,
  createHomeKeys,
  deviceOf,
  readKeyFile,
  removeKeyFile,
  writeKeyFile,
  writePrivateFile,
} from '../keys/key-file.ts';
import type { KeyFile } from '../keys/key-file-format.ts';
import { type WantedProtection, protectionOf, sealKeys } from '../keys/key-protection.ts';
import { createKeyring } from '../keys/keyring.ts';
import { holdsStore, withoutKeys } from '../keys/not-set-up.ts';
import { homeSettings, openStore, randomBytes } from '../keys/open-home.ts';
import type { Config } from '../ground/config.ts';
import { howToWriteIt, readTokenFile } from '../ground/relay-config.ts';
import { unwritable } from '../ground/unwritable.ts';

/** A scope to be stored: verified entries and the epoch keys that they commit to. */
export interface AdoptedScope {
  readonly scopeId: ScopeId;
  readonly name: string;
  readonly entries: readonly Uint8Array[];
  readonly epochKeys: ReadonlyMap<number, Uint8Array>;
  readonly sealedRoot: string | null;
  readonly local: boolean;
}

/** What a new home's configuration says of its relay. */
export interface HomeRelay {
  readonly url: string | undefined;
  readonly token?: string;
}

/** Sets up a person's first device: keys, identity, scopes, store and configuration. */
export async function initHome(
  paths: HomePaths,
  config: Pick<Config, 'label'>,
  environment: NodeJS.ProcessEnv,
  options: InitOptions,
): Promise<InitResult | CommandFault> {
  const prepared = newHomeKeys(paths, options.label ?? config.label);
  if ('exitCode' in prepared) {
    return prepared;
  }
  const requested = requestedProtection(options.protection, environment);
  if ('exitCode' in requested) {
    return requested;
  }
  const { keys, label } = prepared;
  const relay = relayOf(paths, options);
  if ('exitCode' in relay) {
    return relay;
  }
  const identity = foundIdentity({ keys: keys.device, label, randomBytes, nowMs: Date.now() });
  // Words that nobody wrote down are lost with the terminal: until they are confirmed nothing is on disk, and init begins anew.
  await options.confirm?.(identity.phrase);
  const stored = await storeHome(paths, keys, {
    ...{ label, wanted: requested.wanted, environment },
    userId: identity.userId,
    scopes: [adopted(identity.profile, false), adopted(identity.workspace, false), adopted(identity.local, true)],
    relay,
  });
  if ('exitCode' in stored) {
    return stored;
  }
  return {
    ...{ deviceId: keys.device.deviceId, scopeId: identity.profile.scopeId, phrase: identity.phrase },
    ...{ rootKeys: [identity.profile, identity.workspace].map(rootKeyOf), ...stored },
  };
}

/** The relay that the new home shall use, as its configuration will say. */
function relayOf(paths: HomePaths, { relay, relayTokenFile }: InitOptions): HomeRelay | CommandFault {
  const address = relay === undefined ? undefined : parseRelayAddress(relay);
  if (relay !== undefined && address === undefined) {
    return { exitCode: exitCodes.usage, message: `${relay} is no address of a relay. ${howToWriteIt}` };
  }
  if (relayTokenFile === undefined) {
    return { url: address?.text };
  }
  const token = readTokenFile(relayTokenFile);
  if (!token.ok) {
    return { exitCode: exitCodes.usage, message: token.error };
  }
  // A configuration that a person wrote is not rewritten, and a token that goes nowhere would be missed later.
  return existsSync(paths.config)
    ? { exitCode: exitCodes.usage, message: `${paths.config} exists: write the token there, as token under [relay].` }
    : { url: address?.text, token: token.value };
}

function rootKeyOf(scope: FoundedScope): string {
  const opened = openScope(scope.entry, scope.scopeId);
  assert(opened.ok, 'a scope that was founded here opens');
  return base64urlFromBytes(opened.value.rootKeys.sign);
}

/** Makes the keys of a new home, not yet on disk; a home that exists is left as it is. */
export function newHomeKeys(paths: HomePaths, wantedLabel: string): { keys: HomeKeys; label: string } | CommandFault {
  const label = parseLabel(wantedLabel);
  if (label === undefined) {
    return { exitCode: exitCodes.usage, message: 'A label has 1 to 127 bytes of plain text.' };
  }
  const existing = readKeyFile(paths.keys);
  if (existing.ok) {
    return {
      exitCode: exitCodes.failed,
      message: `This home is set up already as ${deviceOf(existing.value)}. Use another --home for another device.`,
    };
  }
  if (existing.error.kind !== 'absent') {
    return { exitCode: exitCodes.failed, message: existing.error.message };
  }
  if (holdsStore(paths)) {
    return withoutKeys(paths, existing.error);
  }
  return unwritable(paths) ?? { keys: createHomeKeys(randomBytes), label };
}

/** Writes the keys, then identity and scopes in one transaction, then token and configuration. */
export async function storeHome(
  paths: HomePaths,
  keys: HomeKeys,
  home: {
    readonly label: string;
    readonly userId: UserId;
    readonly scopes: readonly AdoptedScope[];
    readonly relay: HomeRelay;
    readonly wanted: WantedProtection;
    readonly environment: NodeJS.ProcessEnv;
  },
): Promise<KeptKeys | CommandFault> {
  const leaveNothing = undoing(paths);
  try {
    const kept = await keepKeys(paths, keys, home.wanted, home.environment);
    const store = openStore(paths, keys);
    if (!store.ok) {
      leaveNothing();
      return store.error;
    }
    store.value.transaction(() => {
      store.value.settings.set(homeSettings.label, home.label);
      store.value.settings.set(homeSettings.userId, home.userId);
      for (const scope of home.scopes) {
        storeScope(store.value, scope);
      }
    });
    store.value.close();
    writePrivateFile(paths.token, newToken());
    writeConfig(paths.config, home.label, home.relay);
    return kept;
  } catch (cause) {
    leaveNothing();
    throw cause;
  }
}

/** Removes what a setting up that failed has written, and nothing that was there before it. */
function undoing(paths: HomePaths): () => void {
  const hadKeys = readKeyFile(paths.keys).ok;
  const hadStore = holdsStore(paths);
  return () => {
    if (!hadKeys) {
      removeKeyFile(paths.keys);
    }
    if (!hadKeys && !hadStore) {
      const name = basename(paths.database);
      for (const file of readdirSync(paths.state).filter((one) => one.startsWith(name))) {
        rmSync(join(paths.state, file), { force: true });
      }
    }
  };
}

/** Where no keyring answers a new home is set up all the same, and says plainly how its keys lie there. */
export async function keepKeys(
  paths: HomePaths,
  keys: HomeKeys,
  wanted: WantedProtection,
  environment: NodeJS.ProcessEnv,
): Promise<KeptKeys> {
  const deps = { keyring: createKeyring(environment), randomBytes };
  const sealed = await sealKeys(deps, keys, wanted);
  const file: KeyFile = sealed.ok ? sealed.value : { kind: 'bare', seeds: keys.seeds };
  writeKeyFile(paths.keys, file);
  const notice = sealed.ok
    ? null
    : `The keys of this device are a bare file that you alone may read. ${sealed.error.message}`;
  return { protection: protectionOf(file), notice };
}

function storeScope(
  store: Pick<Store, 'settings' | 'scopes'>,
  { scopeId, name, entries, epochKeys, sealedRoot, local }: AdoptedScope,
): void {
  for (const [sequence, bytes] of entries.entries()) {
    store.scopes.append({ scopeId, sequence, bytes });
  }
  for (const [epoch, key] of epochKeys) {
    store.scopes.setEpochKey(scopeId, epoch, key);
  }
  store.settings.set(`${homeSettings.scopeName}${scopeId}`, name);
  if (sealedRoot !== null) {
    store.settings.set(`${homeSettings.scopeRoot}${scopeId}`, sealedRoot);
  }
  if (local) {
    store.settings.set('scope.local', scopeId);
  }
}

export function adopted(scope: FoundedScope, local: boolean): AdoptedScope {
  const folded = foldScope([scope.entry], scope.scopeId);
  if (!folded.ok) {
    throw new Error(folded.error.message);
  }
  return {
    scopeId: scope.scopeId,
    name: scope.name,
    entries: [scope.entry],
    epochKeys: new Map([[1, scope.epochKey]]),
    sealedRoot: scope.sealedRoot,
    local,
  };
}

function writeConfig(path: string, label: string, { url, token }: HomeRelay): void {
  if (existsSync(path)) {
    return;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const relay = { ...(url === undefined ? {} : { url }), ...(token === undefined ? {} : { token }) };
  const settings = { device: { label }, ...(Object.keys(relay).length === 0 ? {} : { relay }) };
  writeFileSync(path, `${stringifyToml(settings)}\n`, { mode: 0o600 });
}
