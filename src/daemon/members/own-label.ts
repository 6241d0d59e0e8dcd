import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { homeSettings } from '../keys/open-home.ts';

export interface OwnLabelDeps {
  readonly replica: Pick<Replica, 'self' | 'givenLabel'>;
  readonly store: Pick<Store, 'settings'>;
  /** Writes `device.label` into the configuration, or says why not. */
  readonly write: (label: string) => string | undefined;
  readonly warn: (message: string, facts: object) => void;
}

/**
 * Takes over the name that this device was given, here or on another device: once for each name, so that what somebody
 * writes into the configuration afterwards stays there.
 */
export function followOwnLabel({ replica, store, write, warn }: OwnLabelDeps): void {
  const label = replica.givenLabel(replica.self);
  if (label === undefined || label === store.settings.get(homeSettings.label)) {
    return;
  }
  store.settings.set(homeSettings.label, label);
  const reason = write(label);
  if (reason !== undefined) {
    warn('the new name of this device could not be written into the configuration', { reason });
  }
}
