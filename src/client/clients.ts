import type { AddClientBody, AddedClientBody, ClientBody } from '../api/types/clients.ts';
import type { PageBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';

/** Programs with tokens of their own; for the owner of the home. */
export interface ClientCalls {
  clients(): Answer<PageBody<ClientBody>>;
  addClient(client: AddClientBody): Answer<AddedClientBody>;
  /** By id, the first characters of one, or name. */
  revokeClient(idOrName: string): Answer<ClientBody>;
}

export function clientCalls({ get, post }: Calls): ClientCalls {
  return {
    clients: () => get('/v1/clients'),
    addClient: (client) => post('/v1/clients', client),
    revokeClient: (idOrName) => post(`/v1/clients/${encodeURIComponent(idOrName)}/revoke`),
  };
}
