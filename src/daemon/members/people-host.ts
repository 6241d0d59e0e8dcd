import type { PeoplePort } from '../../api/ports/people-port.ts';
import type { ScopeJoinBody } from '../../api/types/people.ts';
import { err, ok } from '../../base/result.ts';
import { parseLabel } from '../../membership/parse/labels.ts';
import { scopeNameOf } from '../keys/scope-names.ts';
import { type EnterScopeDeps, enterScope, entranceOf, failed, notJoining } from './enter-scope.ts';
import { findScope } from './find-scope.ts';
import type { PairingHost } from './pairing-host.ts';

export interface PeopleHostDeps extends EnterScopeDeps {
  readonly pairing: Pick<PairingHost, 'invitePerson'>;
}

export interface PeopleHost extends PeoplePort {
  stop(): void;
}

/** Invites people to a scope, and enters scopes of other people: one code at a time. */
export function createPeopleHost(deps: PeopleHostDeps): PeopleHost {
  const { replica, store } = deps;
  let body = notJoining;
  let current = new AbortController();

  return {
    async invite(text, role) {
      const scope = findScope(replica, store, text);
      if (!scope.ok) {
        return scope;
      }
      const { scopeId, kind } = scope.value;
      if (kind !== 'workspace' && kind !== 'org') {
        return err({
          kind: 'invalid',
          message: `A ${kind} is one person's. Others can be invited to workspaces and orgs.`,
        });
      }
      const scopeName = parseLabel(scopeNameOf(store, scopeId)) ?? kind;
      return deps.pairing.invitePerson({ scope: scope.value, scopeName, role });
    },
    async join(code) {
      const entrance = entranceOf(deps, code);
      if (!entrance.ok) {
        return entrance;
      }
      current.abort();
      current = new AbortController();
      const { signal } = current;
      body = { ...notJoining, state: 'connecting' };
      await new Promise<void>((resolve) => {
        const show = (shown: ScopeJoinBody): void => {
          body = shown;
          resolve();
        };
        enterScope(deps, entrance.value, signal, show)
          .catch((cause: unknown) => {
            const why = cause instanceof Error ? cause.message : String(cause);
            body = failed(`The scope could not be joined on this device: ${why}`);
          })
          .finally(resolve);
      });
      return ok(body);
    },
    joining: () => body,
    stop: () => {
      current.abort();
    },
  };
}
