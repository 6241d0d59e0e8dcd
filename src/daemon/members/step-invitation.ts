import type { PairingBody } from '../../api/types/devices.ts';
import type { InviterEffect, InviterEvent, Newcomer } from '../../membership/pairing/pairing-events.ts';
import type { RelayHost } from '../relays/relay-host.ts';
import { type EnrolDeps, enrol } from './enrol.ts';
import type { CurrentInvitation, Invitation } from './invitation.ts';
import { beginningsOf, freeName, holderOfName } from './names-taken.ts';

export interface PairingHostDeps extends EnrolDeps {
  readonly relay: () => RelayHost | undefined;
  readonly nowMs: () => number;
  readonly joined: (member: Newcomer) => void;
  readonly audit: (trustCode: boolean, member: Newcomer) => void;
  readonly labelOf: (deviceId: string) => string;
}

/** Tells the state machine of an invitation what happened, and does what it wants done. */
export async function stepInvitation(
  deps: PairingHostDeps,
  current: CurrentInvitation,
  invitation: Invitation,
  event: InviterEvent,
): Promise<void> {
  for (const effect of invitation.inviter.step(event)) {
    await perform(deps, current, invitation, effect);
  }
}

/** Steps that nobody waits for. The store may be closed under them, when the keys are locked meanwhile. */
export function stepAside(
  deps: PairingHostDeps,
  current: CurrentInvitation,
  invitation: Invitation,
  ...events: readonly InviterEvent[]
): void {
  const steps = async (): Promise<void> => {
    for (const event of events) {
      await stepInvitation(deps, current, invitation, event);
    }
  };
  steps().catch(() => {
    current.end({ state: 'failed', message: 'The pairing could not be finished on this device. Make a new code.' });
  });
}

async function perform(
  deps: PairingHostDeps,
  current: CurrentInvitation,
  invitation: Invitation,
  effect: InviterEffect,
): Promise<void> {
  switch (effect.type) {
    case 'put':
      invitation.mailbox.put(effect.slot, effect.body);
      return;
    case 'ask_approval':
      current.show({ state: 'confirm', candidate: candidateOf(effect) });
      return;
    case 'append_add': {
      current.show({ state: 'finishing' });
      const added = await enrol(deps, invitation.scopes, { ...effect.member, label: labelFor(deps, effect.member) });
      const event: InviterEvent = added.ok
        ? { type: 'added', scopes: added.value }
        : { type: 'failed', refusal: added.error };
      await stepInvitation(deps, current, invitation, event);
      return;
    }
    case 'done':
      deps.audit(invitation.trustCode, effect.member);
      invitation.mailbox.delete();
      current.end({ state: 'joined', message: joinedText(deps, effect.member) });
      deps.joined(effect.member);
      return;
    case 'burned':
      invitation.mailbox.delete();
      current.end({ state: 'failed', message: effect.refusal.message });
      return;
  }
}

/** Two devices of one name could not be told apart: the newcomer's gets a number. */
function labelFor({ replica, labelOf }: PairingHostDeps, { deviceId, label }: Newcomer): string {
  return freeName(label, (name) => holderOfName(replica, labelOf, name, deviceId) !== undefined);
}

function joinedText({ labelOf }: PairingHostDeps, { deviceId, label }: Newcomer): string {
  const called = labelOf(deviceId) || label;
  return called === label
    ? `${label} has joined.`
    : `${label} has joined. Another device is called so already: the new one is ${called} here (${beginningsOf([deviceId])[0]}). Give it another name: sourcesync devices rename ${beginningsOf([deviceId])[0]} NAME`;
}

function candidateOf(asked: Extract<InviterEffect, { type: 'ask_approval' }>): NonNullable<PairingBody['candidate']> {
  const { deviceId, label, role, person } = asked;
  return { deviceId, label, role, userId: person?.userId ?? null, devices: person?.devices.length ?? 1 };
}
