import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { InviteBody, PairingBody } from '../../api/types/devices.ts';
import {
  type Inviter,
  type InviterOptions,
  createInviter,
  encodePairingCode,
  pairingSecretsOf,
} from '../../membership/pairing.ts';
import type { InviterEffect, InviterEvent, Newcomer } from '../../membership/pairing/pairing-events.ts';
import type { Role, ScopeState } from '../../membership/parse/state.ts';
import { type PairingMailbox, openPairingMailbox } from '../../net/pairing-link.ts';
import { type EnrolDeps, enrol } from './enrol.ts';
import { randomBytes } from '../keys/open-home.ts';
import type { RelayHost } from '../relays/relay-host.ts';

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

export interface PairingHostDeps extends EnrolDeps {
  readonly relay: () => RelayHost | undefined;
  readonly nowMs: () => number;
  readonly joined: (member: Newcomer) => void;
  readonly audit: (trustCode: boolean, member: Newcomer) => void;
}

interface Invitation {
  readonly inviter: Inviter;
  readonly mailbox: PairingMailbox;
  readonly scopes: readonly ScopeState[];
  readonly trustCode: boolean;
  readonly expiry: NodeJS.Timeout;
  /** Resolved at each change of the body, for those who wait for the outcome of an approval. */
  changed: () => void;
}

const nothing: PairingBody = { state: 'none', expiresAt: null, candidate: null, message: null };

export function createPairingHost(deps: PairingHostDeps): PairingHost {
  let current: Invitation | undefined;
  let body: PairingBody = nothing;

  function show(next: Partial<PairingBody>): void {
    body = { ...body, ...next };
    current?.changed();
  }

  function end(next: Partial<PairingBody>): void {
    const ended = current;
    current = undefined;
    body = { ...body, ...next };
    if (ended !== undefined) {
      clearTimeout(ended.expiry);
      ended.mailbox.close();
      ended.changed();
    }
  }

  async function step(invitation: Invitation, event: InviterEvent): Promise<void> {
    for (const effect of invitation.inviter.step(event)) {
      await perform(invitation, effect);
    }
  }

  /** Steps that nobody waits for. The store may be closed under them, when the keys are locked meanwhile. */
  function stepAside(invitation: Invitation, ...events: readonly InviterEvent[]): void {
    const steps = async (): Promise<void> => {
      for (const event of events) {
        await step(invitation, event);
      }
    };
    steps().catch(() => {
      end({ state: 'failed', message: 'The pairing could not be finished on this device. Make a new code.' });
    });
  }

  async function perform(invitation: Invitation, effect: InviterEffect): Promise<void> {
    switch (effect.type) {
      case 'put':
        invitation.mailbox.put(effect.slot, effect.body);
        return;
      case 'ask_approval':
        show({ state: 'confirm', candidate: candidateOf(effect) });
        return;
      case 'append_add': {
        show({ state: 'finishing' });
        const added = await enrol(deps, invitation.scopes, effect.member);
        await step(
          invitation,
          added.ok ? { type: 'added', scopes: added.value } : { type: 'failed', refusal: added.error },
        );
        return;
      }
      case 'done':
        deps.audit(invitation.trustCode, effect.member);
        invitation.mailbox.delete();
        end({ state: 'joined', message: `${effect.member.label} has joined.` });
        deps.joined(effect.member);
        return;
      case 'burned':
        invitation.mailbox.delete();
        end({ state: 'failed', message: effect.refusal.message });
        return;
    }
  }

  /** Opens a mailbox for a new code and waits in it. */
  async function open(
    relay: RelayHost,
    options: Pick<InviterOptions, 'scopes' | 'trustCode' | 'grant' | 'person'>,
  ): Promise<Result<InviteBody, ControlFault>> {
    end(nothing);
    const secret = randomBytes(16);
    const { mailbox: mailboxName, bearer } = pairingSecretsOf(secret);
    const opened = await openPairingMailbox(relay.address, mailboxName, bearer);
    if (!opened.ok) {
      return err({
        kind: 'relay_away',
        message: `The relay at ${relay.address.url} does not answer: ${opened.error.message}`,
      });
    }
    const nowMs = deps.nowMs();
    const inviter = createInviter({ ...options, secret, deviceId: deps.replica.self, randomBytes, nowMs });
    const expiry = setTimeout(() => {
      stepAside(invitation, { type: 'time', nowMs: deps.nowMs() });
    }, inviter.expiresAtMs - nowMs);
    const { scopes, trustCode } = options;
    const invitation: Invitation = {
      ...{ inviter, scopes, trustCode, expiry },
      mailbox: opened.value,
      changed: () => undefined,
    };
    current = invitation;
    const expiresAt = new Date(inviter.expiresAtMs).toISOString();
    body = { state: 'waiting', expiresAt, candidate: null, message: null };
    opened.value.onMessage((slot, message) => {
      stepAside(invitation, { type: 'time', nowMs: deps.nowMs() }, { type: 'message', slot, body: message });
    });
    return ok({ code: encodePairingCode({ secret, relayUrl: relay.address.text }), expiresAt });
  }

  return {
    body: () => body,
    stop: () => {
      end(nothing);
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
      return open(relay, { scopes, trustCode });
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
      return open(relay, { scopes: [scope], trustCode: false, grant: { role, authorities: [] }, person });
    },
    async approve(digits) {
      const invitation = current;
      if (invitation === undefined || invitation.inviter.phase !== 'waiting_approval') {
        return err({ kind: 'not_ready', message: 'No device waits for approval. See: sourcesync pair invite' });
      }
      const settled = new Promise<void>((resolve) => {
        invitation.changed = () => {
          if (body.state === 'joined' || body.state === 'failed') {
            resolve();
          }
        };
      });
      await step(invitation, { type: 'approve', digits });
      await settled;
      return ok(body);
    },
  };
}

function candidateOf(asked: Extract<InviterEffect, { type: 'ask_approval' }>): NonNullable<PairingBody['candidate']> {
  const { deviceId, label, role, person } = asked;
  return { deviceId, label, role, userId: person?.userId ?? null, devices: person?.devices.length ?? 1 };
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
