import type { ReplicaSettings, SecretKeeper } from '../../replica/kernel/deps.ts';
import type { DaemonOptions, Parts } from './parts.ts';
import { createSecretKeeper } from '../ground/secret-keeper.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What the replica is told by the configuration, as it is whenever it asks. */
export function configured(
  config: DaemonOptions['config'],
): Pick<ReplicaSettings, 'policyFloor' | 'brakeOf' | 'tombstonesExpireAfterMs'> {
  return {
    tombstonesExpireAfterMs: () => config.current().tombstonesExpireDays * dayMs,
    policyFloor: () => config.current().policyFloor,
    brakeOf: (engineId) => {
      const { brake_share: share, brake_minimum: minimum } = config.current().engines[engineId] ?? {};
      return { share, minimum };
    },
  };
}

/** Keeps secrets as the configuration says of each engine when it is asked. */
export function secretsOf(config: DaemonOptions['config'], vault: Parts['vault'], vaultKey: Uint8Array): SecretKeeper {
  return createSecretKeeper({
    ...{ vault, key: vaultKey },
    modeOf: (engineId) => config.current().engines[engineId]?.secrets ?? 'redact',
  });
}
