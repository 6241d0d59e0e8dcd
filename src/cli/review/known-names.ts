import type { Client } from '../../client/client.ts';
import type { Running } from '../ground/run-command.ts';
import { type Names, namesOf } from './names.ts';

/**
 * What devices and people are called; where the daemon does not say, by the ends of their ids. Documents name nobody, so that
 * it is not asked for them.
 */
export async function knownNames(client: Pick<Client, 'devices'>, { asJson }: Pick<Running, 'asJson'>): Promise<Names> {
  const devices = asJson ? undefined : await client.devices();
  return namesOf(devices?.ok === true ? devices.value : { items: [] });
}
