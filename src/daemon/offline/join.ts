import { parseRelayAddress } from '../../base/relay-address.ts';
import type { HomePaths, JoinResult, ProtectionRequest } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { createJoiner, decodePairingCode, pairingSecretsOf } from '../../membership/pairing.ts';
import type { JoinedLog } from '../../membership/pairing/pairing-events.ts';
import { openLabel } from '../../membership/parse/labels.ts';
import { authorities } from '../../membership/parse/state.ts';
import { openPairingMailbox } from '../../net/pairing-link.ts';
import type { Config } from '../ground/config.ts';
import { converse } from '../ground/converse.ts';
import { assert } from '../../base/assert.ts';
import { foundLocalScope, publicKeysOf } from '../ground/found.ts';
import { requestedProtection } from '../keys/key-commands.ts';
import type { HomeKeys } from '../keys/key-file.ts';
import type { WantedProtection } from '../keys/key-protection.ts';
import { randomBytes } from '../keys/open-home.ts';
import { type AdoptedScope, adopted, newHomeKeys, storeHome } from './setup.ts';

export interface JoinOptions {
  readonly code: string;
  readonly label: string | undefined;
  readonly trustCode: boolean;
  readonly showDigits: (digits: string) => void;
  readonly protection: ProtectionRequest;
}

/** Joins a person's devices by a code: the new home holds every scope that the inviter shares. */
export async function joinHome(
  paths: HomePaths,
  config: Pick<Config, 'label'>,
  environment: NodeJS.ProcessEnv,
  options: JoinOptions,
): Promise<JoinResult | CommandFault> {
  const code = decodePairingCode(options.code);
  if (!code.ok) {
    return { exitCode: exitCodes.usage, message: code.error.message };
  }
  const prepared = newHomeKeys(paths, options.label ?? config.label);
  if ('exitCode' in prepared) {
    return prepared;
  }
  const requested = requestedProtection(options.protection, environment);
  if ('exitCode' in requested) {
    return requested;
  }
  const { keys, label } = prepared;
  const { relayUrl, secret } = code.value;
  const { mailbox: mailboxName, bearer } = pairingSecretsOf(secret);
  const address = parseRelayAddress(relayUrl);
  assert(address !== undefined, 'a pairing code was read with a relay address');
  const mailbox = await openPairingMailbox(address, mailboxName, bearer);
  if (!mailbox.ok) {
    return { exitCode: exitCodes.relay, message: `The relay at ${relayUrl} does not answer: ${mailbox.error.message}` };
  }
  const joiner = createJoiner({ secret, deviceKeys: keys.device, label, randomBytes, nowMs: Date.now() });
  // With a trusted code nobody compares digits.
  const showDigits = options.trustCode ? (): void => undefined : options.showDigits;
  const joined = await converse({ joiner, mailbox: mailbox.value, keys: keys.device, address, showDigits });
  mailbox.value.close();
  const { wanted } = requested;
  return joined.ok
    ? keepHome({ paths, keys, label, relayUrl, wanted, environment, logs: joined.value.scopes })
    : { exitCode: exitCodes.failed, message: joined.error };
}

async function keepHome(home: {
  readonly paths: HomePaths;
  readonly keys: HomeKeys;
  readonly label: string;
  readonly relayUrl: string;
  readonly wanted: WantedProtection;
  readonly environment: NodeJS.ProcessEnv;
  readonly logs: readonly JoinedLog[];
}): Promise<JoinResult | CommandFault> {
  const { paths, keys, logs } = home;
  const profile = logs.find(({ state }) => state.kind === 'profile');
  if (profile === undefined) {
    return {
      exitCode: exitCodes.failed,
      message: 'The inviting device shared no profile. Nothing was set up; ask for a new code.',
    };
  }
  const { userId } = profile.state;
  const label = labelIn(profile, keys) ?? home.label;
  const scopes = logs.map(
    ({ scopeId, state, entries, epochKeys }): AdoptedScope => ({
      scopeId,
      name: state.kind,
      entries,
      epochKeys,
      sealedRoot: null,
      local: false,
    }),
  );
  const local = foundLocalScope({
    userId,
    devices: [
      {
        deviceId: keys.device.deviceId,
        keys: publicKeysOf(keys.device),
        role: 'admin',
        authorities: [...authorities].sort(),
        label,
      },
    ],
    randomBytes,
    nowMs: Date.now(),
  });
  const stored = await storeHome(paths, keys, {
    ...{ ...home, label, userId, relay: { url: home.relayUrl } },
    scopes: [...scopes, adopted(local, true)],
  });
  const { deviceId } = keys.device;
  const joined = { deviceId, scopeId: profile.scopeId, label, askedLabel: home.label };
  return 'exitCode' in stored ? stored : { ...joined, ...stored };
}

/** The name under which the inviting device let this one in. */
function labelIn({ state, epochKeys }: JoinedLog, { device: { deviceId } }: HomeKeys): string | undefined {
  const member = state.members.get(deviceId);
  const epochKey = member && epochKeys.get(member.label.epoch);
  if (member === undefined || epochKey === undefined) {
    return undefined;
  }
  const { genesisNonce } = state;
  const label = openLabel({ epochKey, genesisNonce, epoch: member.label.epoch, deviceId, sealed: member.label.sealed });
  return label.ok ? label.value : undefined;
}
