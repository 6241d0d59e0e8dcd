import type { PairingBody } from '../../api/types/devices.ts';
import type { Inviter } from '../../membership/pairing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { PairingMailbox } from '../../net/pairing-link.ts';

/** One code, its mailbox at the relay, and the state machine between them. */
export interface Invitation {
  readonly inviter: Inviter;
  readonly mailbox: PairingMailbox;
  readonly scopes: readonly ScopeState[];
  readonly trustCode: boolean;
  readonly expiry: NodeJS.Timeout;
}

/** The invitation that is open now, and what is shown of it or of the last one. */
export interface CurrentInvitation {
  readonly open: Invitation | undefined;
  readonly body: PairingBody;
  begin(invitation: Invitation, shown: PairingBody): void;
  show(next: Partial<PairingBody>): void;
  end(next: Partial<PairingBody>): void;
  /** Resolves once somebody has joined by the invitation, or it has failed. */
  settled(): Promise<void>;
}

export const nothingShown: PairingBody = { state: 'none', expiresAt: null, candidate: null, message: null };

export function createCurrentInvitation(): CurrentInvitation {
  let open: Invitation | undefined;
  let body = nothingShown;
  /** Called at each change of what is shown of the open invitation. */
  let changed = (): void => undefined;

  return {
    get open() {
      return open;
    },
    get body() {
      return body;
    },
    begin(invitation, shown) {
      open = invitation;
      body = shown;
      changed = () => undefined;
    },
    show(next) {
      body = { ...body, ...next };
      if (open !== undefined) {
        changed();
      }
    },
    end(next) {
      const ended = open;
      open = undefined;
      body = { ...body, ...next };
      if (ended !== undefined) {
        clearTimeout(ended.expiry);
        ended.mailbox.close();
        changed();
      }
    },
    settled: async () =>
      new Promise<void>((resolve) => {
        changed = () => {
          if (body.state === 'joined' || body.state === 'failed') {
            resolve();
          }
        };
      }),
  };
}
