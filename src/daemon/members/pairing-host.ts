import type { ControlFault } from '../../api/ports/fault.ts';
import type { InviteBody, PairingBody } from '../../api/types/devices.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Role, ScopeState } from '../../membership/parse/state.ts';
import { createCurrentInvitation, nothingShown } from './invitation.ts';
import { openInvitation } from './open-invitation.ts';
import { type PairingHostDeps, stepInvitation } from './step-invitation.ts';

/** One invitation at a time: a code, a mailbox at the relay, and the state machine between them. */
export interface PairingHost {
  invite(options: { trustCode: boolean }): Promise<Result<InviteBody, ControlFault>>;
  invitePerson(invited: PersonInvitation): Promise<Result<InviteBody, ControlFault>>;
  approve(digits: string): Promise<Result<PairingBody, ControlFault>>;
  body(): PairingBody;
  stop(): void;
}

/** Another person, invited to one scope. */
export interface PersonInvitation {
  readonly scope: ScopeState;
  readonly scopeName: string;
  readonly role: Role;
}

export function createPairingHost(deps: PairingHostDeps): PairingHost {
  const current = createCurrentInvitation();

  return {
    body: () => current.body,
    stop: () => {
      current.end(nothingShown);
    },
    async invite({ trustCode }) {
      const relay = deps.relay();
      const scopes = sharedScopes(deps);
      if (relay === undefined || !scopes.some(({ kind }) => kind === 'profile')) {
        return err({
          kind: 'not_ready',
          message:
            'Pairing needs a relay that takes the profile, and this device to be its administrator. See: sourcesync status',
        });
      }
      return openInvitation(deps, current, relay, { scopes, trustCode });
    },
    async invitePerson({ scope, scopeName, role }) {
      const relay = deps.relay();
      if (relay === undefined) {
        return err({ kind: 'not_ready', message: 'To invite somebody needs a relay. See: sourcesync init --help' });
      }
      if (!sharedScopes(deps).includes(scope)) {
        return err({
          kind: 'invalid',
          message:
            'Only an administrator of a scope who holds its keys, and whose relay takes it, invites people. See: sourcesync scopes ls',
          reasonCode: 'policy_denied',
        });
      }
      const person = { ownUserId: deps.userId, scopeName };
      return openInvitation(deps, current, relay, {
        scopes: [scope],
        trustCode: false,
        grant: { role, authorities: [] },
        person,
      });
    },
    async approve(digits) {
      const invitation = current.open;
      if (invitation === undefined || invitation.inviter.phase !== 'waiting_approval') {
        return err({ kind: 'not_ready', message: 'No device waits for approval. See: sourcesync pair invite' });
      }
      const settled = current.settled();
      await stepInvitation(deps, current, invitation, { type: 'approve', digits });
      await settled;
      return ok(current.body);
    },
  };
}

/**
 * Every travelling scope of which this device is an administrator and holds the key: all of them in one pairing. One
 * that the relay refuses is left out, since nothing can be added to it there.
 */
function sharedScopes({ replica, relay }: Pick<PairingHostDeps, 'replica' | 'relay'>): readonly ScopeState[] {
  const state = relay()?.state;
  const isRefused = ({ scopeId }: ScopeState): boolean =>
    state?.state === 'online' && state.scopes[scopeId]?.refused !== undefined;
  return replica
    .scopes()
    .filter(({ local, holdsKey, state: scope }) => {
      const isAdmin = scope.members.get(replica.self)?.role === 'admin';
      return !local && holdsKey && isAdmin && !isRefused(scope);
    })
    .map((scope) => scope.state);
}
