import { type Result, err, ok } from '../base/result.ts';
import type { ControlFault } from '../api/port.ts';
import type { InviteBody, PairingBody } from '../api/types.ts';
import { createAdd } from '../membership/create.ts';
import {
  type Inviter,
  type InviterEffect,
  type InviterEvent,
  type Newcomer,
  createInviter,
  encodePairingCode,
  pairingSecretsOf,
} from '../membership/pairing.ts';
import type { ScopeState } from '../membership/state.ts';
import { type PairingMailbox, openPairingMailbox } from '../net/pairing-link.ts';
import type { Replica } from '../replica/port.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import type { HomeKeys } from './key-file.ts';
import { randomBytes } from './open-home.ts';
import type { RelayHost } from './relay-host.ts';

/** One invitation at a time: a code, a mailbox at the relay, and the state machine between them. */
export interface PairingHost {
  invite(options: { trustCode: boolean }): Promise<Result<InviteBody, ControlFault>>;
  approve(digits: string): Promise<Result<PairingBody, ControlFault>>;
  body(): PairingBody;
  stop(): void;
}

export interface PairingHostDeps {
  readonly keys: HomeKeys;
  readonly replica: Replica;
  readonly relay: () => RelayHost | undefined;
  readonly nowMs: () => number;
  readonly joined: (member: Newcomer) => void;
  readonly audit: (trustCode: boolean, member: Newcomer) => void;
}

interface Invitation {
  readonly inviter: Inviter;
  readonly mailbox: PairingMailbox;
  readonly trustCode: boolean;
  readonly expiry: NodeJS.Timeout;
  /** Resolved at each change of the body, for those who wait for the outcome of an approval. */
  changed: () => void;
}

const nothing: PairingBody = { state: 'none', expiresAt: null, candidate: null, message: null };
const appendAttempts = 5;

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
        show({ state: 'confirm', candidate: { deviceId: effect.deviceId, label: effect.label, role: effect.role } });
        return;
      case 'append_add': {
        show({ state: 'finishing' });
        const added = await addEverywhere(deps, effect.member);
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
      end(nothing);
      const secret = randomBytes(16);
      const { mailbox: mailboxName, bearer } = pairingSecretsOf(secret);
      const opened = await openPairingMailbox(relay.address, mailboxName, bearer);
      if (!opened.ok) {
        return err({
          kind: 'not_ready',
          message: `The relay at ${relay.address.url} does not answer: ${opened.error.message}`,
          reasonCode: 'relay_untrusted',
        });
      }
      const nowMs = deps.nowMs();
      const inviter = createInviter({ secret, deviceId: deps.replica.self, scopes, trustCode, randomBytes, nowMs });
      const expiry = setTimeout(() => {
        stepAside(invitation, { type: 'time', nowMs: deps.nowMs() });
      }, inviter.expiresAtMs - nowMs);
      const invitation: Invitation = { inviter, mailbox: opened.value, trustCode, expiry, changed: () => undefined };
      current = invitation;
      const expiresAt = new Date(inviter.expiresAtMs).toISOString();
      body = { state: 'waiting', expiresAt, candidate: null, message: null };
      opened.value.onMessage((slot, message) => {
        stepAside(invitation, { type: 'time', nowMs: deps.nowMs() }, { type: 'message', slot, body: message });
      });
      return ok({ code: encodePairingCode({ secret, relayUrl: relay.address.text }), expiresAt });
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

async function addEverywhere(deps: PairingHostDeps, member: Newcomer): Promise<Result<readonly ScopeState[], Refusal>> {
  const after: ScopeState[] = [];
  for (const { scopeId } of sharedScopes(deps)) {
    const added = await addTo(deps, scopeId, member);
    if (added === undefined) {
      return err(
        refuse(
          'hold',
          'relay_untrusted',
          undefined,
          'The relay did not take the membership entry. Try again when it answers.',
        ),
      );
    }
    after.push(added);
  }
  return ok(after);
}

/** By compare-and-swap: when another administrator's entry came first, it is taken in and the entry is made anew. */
async function addTo(
  { keys, replica, relay }: PairingHostDeps,
  scopeId: ScopeState['scopeId'],
  member: Newcomer,
): Promise<ScopeState | undefined> {
  for (let attempt = 0; attempt < appendAttempts; attempt++) {
    const state = replica.scopes().find((scope) => scope.state.scopeId === scopeId)?.state;
    const epochKey = state && replica.epochKey(scopeId, state.epochs.at(-1)?.epoch ?? 0);
    if (state === undefined || epochKey === undefined) {
      return undefined;
    }
    if (state.members.has(member.deviceId)) {
      return state;
    }
    const entry = createAdd({
      state,
      signer: keys.device,
      member: { ...member, userId: state.userId },
      epochKey,
      label: member.label,
      nowMs: Date.now(),
    });
    const sequence = state.sequence + 1;
    if ((await relay()?.appendEntry(scopeId, sequence, entry)) === true) {
      const extended = replica.receiveEntries(scopeId, sequence, [entry]);
      return extended.ok ? extended.value : undefined;
    }
  }
  return undefined;
}
