import type { AddClientBody, AddedClientBody, ClientBody, SelfBody } from '../api/types/clients.ts';
import type { PageBody } from '../api/types/bodies.ts';
import type { Answer, Calls } from './call.ts';

/** Programs with tokens of their own; for the owner of the home. */
export interface ClientCalls {
  clients(): Answer<PageBody<ClientBody>>;
  /** Whose token this client sends; any caller may ask. */
  self(): Answer<SelfBody>;
  addClient(client: AddClientBody): Answer<AddedClientBody>;
  /** By id, the first characters of one, or name. */
  revokeClient(idOrName: string): Answer<ClientBody>;
}

export function clientCalls({ ask }: Calls): ClientCalls {
  return {
    clients: () => ask('GET /v1/clients'),
    self: () => ask('GET /v1/clients/self'),
    addClient: (client) => ask('POST /v1/clients', { body: client }),
    revokeClient: (idOrName) => ask('POST /v1/clients/:id/revoke', { path: { id: idOrName } }),
  };
}
