import { existsSync } from 'node:fs';
import type { HomePaths, RestoreOptions, RestoreResult, RestoredScope } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { ScopeId } from '../../base/ids.ts';
import { type RelayAddress, parseRelayAddress } from '../../base/relay-address.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { RootKeys } from '../../crypto/keys.ts';
import type { AnnouncedScope } from '../../log/meta.ts';
import { openEpochKeys } from '../../membership/log/epoch-keys.ts';
import { openLabel, parseLabel } from '../../membership/parse/labels.ts';
import { type OpenedByRoot, openWithRoot, recoveryEntries, rootAsDevice } from '../../membership/log/recovery.ts';
import { foldScope } from '../../membership/log/scope-log.ts';
import { openScopeRoot } from '../../membership/parse/scope-root.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import { authorities } from '../../membership/parse/state.ts';
import { type BatchReader, type RelayVisit, visitRelay } from '../../net/visit-relay.ts';
import { removeEssentials } from '../../store/sqlite/base/essentials.ts';
import { createAnnouncementReader } from './announcement-reader.ts';
import type { Config } from '../ground/config.ts';
import { foundLocalScope, publicKeysOf } from '../ground/found.ts';
import { requestedProtection } from '../keys/key-commands.ts';
import { type HomeKeys, keysOf, readKeyFile } from '../keys/key-file.ts';
import { randomBytes } from '../keys/open-home.ts';
import { howToWriteIt } from '../ground/relay-config.ts';
import { type AdoptedScope, adopted, keepKeys, newHomeKeys, storeHome } from './setup.ts';
import { rootFromWords } from '../ground/words.ts';

/** What is restored for: the new device, and where. */
interface Restoring {
  readonly address: RelayAddress;
  readonly keys: HomeKeys;
  readonly label: string;
  /** Writes the keys: before the relay hears of them, and not before there is something to restore. */
  keep(): Promise<unknown>;
  readonly onStep: RestoreOptions['onStep'];
}

/** One scope of which the new device is a member now. */
interface Entered {
  readonly scope: AdoptedScope;
  readonly opened: OpenedByRoot;
}

const nobody: BatchReader = () => undefined;

/**
 * An empty home becomes a device again with nothing but the twelve words and a relay: the root lets it in, starts a new
 * epoch in every scope, and is forgotten. What was written comes back by ordinary sync. Killed at any step, it can be run
 * again with the same keys where these are a bare file: they are on disk before the relay hears of them.
 */
export async function restoreHome(
  paths: HomePaths,
  config: Pick<Config, 'label' | 'relayUrl'>,
  environment: NodeJS.ProcessEnv,
  options: RestoreOptions,
): Promise<RestoreResult | CommandFault> {
  const root = rootFromWords(options.words);
  const url = options.relay ?? config.relayUrl;
  if (!root.ok || url === null) {
    const message = root.ok ? 'Name the relay that has the data: --relay URL' : root.error;
    return { exitCode: exitCodes.usage, message };
  }
  const address = parseRelayAddress(url);
  if (address === undefined) {
    return { exitCode: exitCodes.usage, message: `${url} is no address of a relay. ${howToWriteIt}` };
  }
  const prepared = keysToRestore(paths, options.label ?? config.label);
  if ('exitCode' in prepared) {
    return prepared;
  }
  const requested = requestedProtection(options.protection, environment);
  if ('exitCode' in requested) {
    return requested;
  }
  const { keys, label } = prepared;
  const keep = async (): Promise<unknown> => keepKeys(paths, keys, requested.wanted, environment);
  const restoring: Restoring = { address, keys, label, keep, onStep: options.onStep };
  const profile = await enterProfile(restoring, root.value);
  if (!profile.ok) {
    return { exitCode: exitCodes.relay, message: profile.error };
  }
  const { entered, announced } = profile.value;
  // By now they are on disk.
  const others = await enterOthers({ ...restoring, keep: async () => Promise.resolve() }, root.value, announced);
  const { userId } = entered.opened.state;
  const local = adopted(foundLocalScope({ ...localDevices(restoring), userId, randomBytes, nowMs: Date.now() }), true);
  const scopes = [entered, ...others.flatMap(({ outcome }) => (outcome.ok ? [outcome.value] : []))];
  const stored = await storeHome(paths, keys, {
    ...{ label, userId, relay: { url: address.text }, wanted: requested.wanted, environment },
    scopes: [...scopes.map(({ scope }) => scope), local],
  });
  if ('exitCode' in stored) {
    return stored;
  }
  return {
    ...stored,
    deviceId: keys.device.deviceId,
    scopeId: entered.scope.scopeId,
    scopes: [restoredScope(entered), ...others.map(({ scope, outcome }) => otherScope(scope, outcome))],
    devices: otherDevices(entered, keys),
  };
}

/** The keys of a new home; or those that an interrupted restore left, so that no second device is let in. */
function keysToRestore(paths: HomePaths, wantedLabel: string): { keys: HomeKeys; label: string } | CommandFault {
  const file = readKeyFile(paths.keys);
  const label = parseLabel(wantedLabel);
  const isInterrupted = file.ok && file.value.kind === 'bare' && label !== undefined && !existsSync(paths.database);
  if (!isInterrupted) {
    return newHomeKeys(paths, wantedLabel);
  }
  // The words bring back more than what stands beside a database that is gone.
  removeEssentials(paths.database);
  return { keys: keysOf(file.value.seeds), label };
}

async function enterProfile(
  restoring: Restoring,
  root: RootKeys,
): Promise<Result<{ readonly entered: Entered; readonly announced: readonly AnnouncedScope[] }, string>> {
  restoring.onStep(`asking the relay at ${restoring.address.url}`);
  const visit = await visitRelay(restoring.address, rootAsDevice(root));
  if (!visit.ok) {
    return err(`The relay at ${restoring.address.url} does not answer: ${visit.error}.`);
  }
  const [listed] = visit.value.scopes;
  if (listed === undefined) {
    visit.value.close();
    return err('The relay knows no scope of these words. Is it the relay that the lost device used?');
  }
  const announcements = createAnnouncementReader();
  const entered = await enter(restoring, root, visit.value, listed.scopeId, {
    ...{ name: 'profile', sealedRoot: null },
    reader: (opened) => announcements.reader(opened),
  });
  visit.value.close();
  return entered.ok ? ok({ entered: entered.value, announced: announcements.scopes() }) : entered;
}

/** Each further scope has a root of its own, whose secret the profile carries. */
async function enterOthers(
  restoring: Restoring,
  userRoot: RootKeys,
  announced: readonly AnnouncedScope[],
): Promise<readonly { readonly scope: AnnouncedScope; readonly outcome: Result<Entered, string> }[]> {
  const outcomes = [];
  for (const scope of announced) {
    outcomes.push({ scope, outcome: await enterOther(restoring, userRoot, scope) });
  }
  return outcomes;
}

async function enterOther(
  restoring: Restoring,
  userRoot: RootKeys,
  { scopeId, name, root: sealedRoot }: AnnouncedScope,
): Promise<Result<Entered, string>> {
  const root = sealedRoot === null ? undefined : openScopeRoot(userRoot, sealedRoot);
  if (root === undefined) {
    return err('These words do not reach it: somebody else made it. Ask its administrator for an invitation.');
  }
  const visit = await visitRelay(restoring.address, rootAsDevice(root));
  if (!visit.ok) {
    return err(visit.error);
  }
  const entered = visit.value.scopes.some((listed) => listed.scopeId === scopeId)
    ? await enter(restoring, root, visit.value, scopeId, { name, sealedRoot, reader: () => nobody })
    : err('The relay does not have it.');
  visit.value.close();
  return entered;
}

/** Reads one scope as its root, lets the new device in, and starts the next epoch. */
async function enter(
  { keys, label, keep, onStep }: Restoring,
  root: RootKeys,
  visit: RelayVisit,
  scopeId: ScopeId,
  wanted: {
    readonly name: string;
    readonly sealedRoot: string | null;
    readonly reader: (opened: OpenedByRoot) => BatchReader;
  },
): Promise<Result<Entered, string>> {
  onStep(`reading what the relay has of ${wanted.name}`);
  let opened: ReturnType<typeof openWithRoot> | undefined;
  const read = await visit.read(scopeId, (entries) => {
    opened = openWithRoot(root, entries, scopeId);
    return opened.ok ? wanted.reader(opened.value) : nobody;
  });
  if (!read.ok) {
    return read;
  }
  if (opened?.ok !== true) {
    return err(opened === undefined ? 'The relay sent no membership log.' : opened.error.message);
  }
  const { state } = opened.value;
  const { deviceId } = keys.device;
  const member = { deviceId, userId: state.userId, keys: publicKeysOf(keys.device), role: 'admin' as const };
  const fresh = recoveryEntries(root, opened.value, {
    ...{ label, randomBytes, nowMs: Date.now() },
    member: { ...member, authorities: [...authorities].sort() },
  });
  if (!fresh.ok) {
    return err(fresh.error.message);
  }
  await keep();
  for (const [index, entry] of fresh.value.entries()) {
    const appended = await visit.append(scopeId, state.sequence + 1 + index, entry);
    if (!appended.ok || !appended.value) {
      return err(appended.ok ? 'Somebody else changed its membership just now. Run it again.' : appended.error);
    }
  }
  const entries = [...opened.value.entries, ...fresh.value];
  const folded = foldScope(entries, scopeId);
  if (!folded.ok) {
    return err(folded.error.message);
  }
  const own = openEpochKeys({ state: folded.value, entries, recipient: deviceId, box: keys.device.box });
  const epochKeys = new Map([...opened.value.epochKeys, ...own.keys]);
  const { name, sealedRoot } = wanted;
  return ok({
    scope: { scopeId, name, entries, epochKeys, sealedRoot, local: false },
    opened: { state: folded.value, entries, epochKeys },
  });
}

function localDevices({ keys, label }: Restoring): Pick<Parameters<typeof foundLocalScope>[0], 'devices'> {
  const { device } = keys;
  const held = { role: 'admin' as const, authorities: [...authorities].sort(), label };
  return { devices: [{ deviceId: device.deviceId, keys: publicKeysOf(device), ...held }] };
}

function restoredScope({ scope, opened }: Entered): RestoredScope {
  const { scopeId, name } = scope;
  return { scopeId, kind: opened.state.kind, name, restored: true, epoch: opened.state.epochs.length, message: null };
}

function otherScope({ scopeId, kind, name }: AnnouncedScope, outcome: Result<Entered, string>): RestoredScope {
  return outcome.ok
    ? restoredScope(outcome.value)
    : { scopeId, kind, name, restored: false, epoch: null, message: outcome.error };
}

/** Devices that still belong: a lost one among them should be revoked. */
function otherDevices({ opened }: Entered, keys: HomeKeys): RestoreResult['devices'] {
  const { state, epochKeys } = opened;
  return activeMembers(state)
    .filter(({ deviceId }) => deviceId !== keys.device.deviceId)
    .map(({ deviceId, label: { epoch, sealed } }) => {
      const epochKey = epochKeys.get(epoch);
      const context = { genesisNonce: state.genesisNonce, epoch, deviceId, sealed };
      const label = epochKey === undefined ? undefined : openLabel({ ...context, epochKey });
      return { deviceId, label: label?.ok === true ? label.value : '' };
    });
}
