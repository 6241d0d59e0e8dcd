import type { Result } from '../../base/result.ts';
import type { Role } from '../../membership/parse/state.ts';
import type { ControlFault } from './fault.ts';
import type { InviteBody } from '../types/devices.ts';
import type { ScopeJoinBody } from '../types/people.ts';

/** Scopes that several people share. */
export interface PeoplePort {
  /** A code for another person; the scope is named by its id, name or kind. Approved like a further device. */
  invite(scope: string, role: Role): Promise<Result<InviteBody, ControlFault>>;
  /** Enters the scope of a code; answers once the digits are known or it failed. */
  join(code: string): Promise<Result<ScopeJoinBody, ControlFault>>;
  joining(): ScopeJoinBody;
}
