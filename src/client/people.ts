import type { InviteBody } from '../api/types/devices.ts';
import type { ScopeJoinBody } from '../api/types/people.ts';
import type { Answer, Calls } from './call.ts';

export interface PeopleClient {
  /** A code for another person; the scope is named by its id, name or kind. */
  invitePerson(scope: string, role: string): Answer<InviteBody>;
  /** Answers once the digits are known, or it failed. */
  joinScope(code: string): Answer<ScopeJoinBody>;
  joiningScope(): Answer<ScopeJoinBody>;
}

export function peopleClient({ ask }: Calls): PeopleClient {
  return {
    invitePerson: (scope, role) => ask('POST /v1/scopes/:id/invite', { path: { id: scope }, body: { role } }),
    joinScope: (code) => ask('POST /v1/scopes/join', { body: { code } }),
    joiningScope: () => ask('GET /v1/scopes/join'),
  };
}
