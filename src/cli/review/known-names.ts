import type { Client } from '../../client/client.ts';
import { type Names, namesOf } from './names.ts';

/** What devices and people are called; where the daemon does not say, by the ends of their ids. */
export async function knownNames(client: Pick<Client, 'devices'>): Promise<Names> {
  const devices = await client.devices();
  return namesOf(devices.ok ? devices.value : { items: [] });
}
