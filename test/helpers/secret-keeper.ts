import type { SecretKeeper } from '../../src/replica/kernel/deps.ts';
import { createSecretKeeper } from '../../src/daemon/ground/secret-keeper.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { createVault } from '../../src/vault/vault.ts';

/** The daemon's own, over the vault of a device under test. */
export function secretKeeperOf(
  { vault }: Pick<Store, 'vault'>,
  device: { readonly keys: { readonly hedge: Uint8Array }; readonly mode?: () => 'redact' | 'refuse' },
): SecretKeeper {
  return createSecretKeeper({
    vault: createVault(vault),
    key: device.keys.hedge,
    modeOf: () => device.mode?.() ?? 'redact',
  });
}
