import type { ControlFault } from '../../api/ports/fault.ts';
import type { InviteBody } from '../../api/types/devices.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type InviterOptions, createInviter, encodePairingCode, pairingSecretsOf } from '../../membership/pairing.ts';
import { openPairingMailbox } from '../../net/pairing-link.ts';
import { randomBytes } from '../keys/open-home.ts';
import type { RelayHost } from '../relays/relay-host.ts';
import { type CurrentInvitation, type Invitation, nothingShown } from './invitation.ts';
import { type PairingHostDeps, stepAside } from './step-invitation.ts';

/** Ends the invitation before, opens a mailbox for a new code and waits in it. */
export async function openInvitation(
  deps: PairingHostDeps,
  current: CurrentInvitation,
  relay: Pick<RelayHost, 'address'>,
  options: Pick<InviterOptions, 'scopes' | 'trustCode' | 'grant' | 'person'>,
): Promise<Result<InviteBody, ControlFault>> {
  current.end(nothingShown);
  const secret = randomBytes(16);
  const { mailbox: mailboxName, bearer } = pairingSecretsOf(secret);
  const opened = await openPairingMailbox(relay.address, mailboxName, bearer);
  if (!opened.ok) {
    return err({
      kind: 'relay_away',
      message: `The relay at ${relay.address.url} does not answer: ${opened.error.message}`,
    });
  }
  const mailbox = opened.value;
  const nowMs = deps.nowMs();
  const inviter = createInviter({ ...options, secret, deviceId: deps.replica.self, randomBytes, nowMs });
  const expiry = setTimeout(() => {
    stepAside(deps, current, invitation, { type: 'time', nowMs: deps.nowMs() });
  }, inviter.expiresAtMs - nowMs);
  const { scopes, trustCode } = options;
  const invitation: Invitation = { inviter, mailbox, scopes, trustCode, expiry };
  const expiresAt = new Date(inviter.expiresAtMs).toISOString();
  current.begin(invitation, { state: 'waiting', expiresAt, candidate: null, message: null });
  mailbox.onMessage((slot, body) => {
    stepAside(deps, current, invitation, { type: 'time', nowMs: deps.nowMs() }, { type: 'message', slot, body });
  });
  return ok({ code: encodePairingCode({ secret, relayUrl: relay.address.text }), expiresAt });
}
