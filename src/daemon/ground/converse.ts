import type { RelayAddress } from '../../base/relay-address.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { DeviceKeys } from '../../crypto/keys.ts';
import type { Joiner } from '../../membership/pairing.ts';
import type { JoinerEffect, JoinerEvent } from '../../membership/pairing/pairing-events.ts';
import { fetchLogs } from '../../net/fetch-logs.ts';
import type { PairingMailbox } from '../../net/pairing-link.ts';

export type Joined = Pick<Extract<JoinerEffect, { type: 'done' }>, 'scopes' | 'invitedTo'>;

/** Runs the joining side of a pairing until it has joined, or ends with what went wrong in words. */
export async function converse(options: {
  readonly joiner: Joiner;
  readonly mailbox: PairingMailbox;
  readonly keys: DeviceKeys;
  readonly address: RelayAddress;
  readonly showDigits: (digits: string) => void;
  /** Breaks it off; the code is used up. */
  readonly signal?: AbortSignal;
}): Promise<Result<Joined, string>> {
  const { joiner, mailbox, keys, address, showDigits } = options;
  return new Promise((resolve) => {
    let isDone = false;
    const expiry = setTimeout(() => {
      step({ type: 'time', nowMs: Date.now() });
    }, joiner.expiresAtMs - Date.now());

    const failed = (message: string): void => {
      clearTimeout(expiry);
      resolve(err(message));
    };

    function step(event: JoinerEvent): void {
      for (const effect of joiner.step(event)) {
        perform(effect);
      }
    }

    function perform(effect: JoinerEffect): void {
      switch (effect.type) {
        case 'put':
          mailbox.put(effect.slot, effect.body);
          return;
        case 'show_digits':
          showDigits(effect.digits);
          return;
        case 'fetch_logs':
          fetchLogs({ address, keys, scopes: effect.scopes }).then(
            (logs) => {
              for (const { scopeId, entries } of logs) {
                step({ type: 'log', scopeId, entries });
              }
            },
            (cause: unknown) => {
              failed(
                `The membership logs could not be fetched: ${cause instanceof Error ? cause.message : String(cause)}`,
              );
            },
          );
          return;
        case 'done':
          clearTimeout(expiry);
          isDone = true;
          // The inviter deletes the mailbox when the last message has arrived.
          mailbox.flushed().then(() => {
            resolve(ok({ scopes: effect.scopes, invitedTo: effect.invitedTo }));
          }, failed);
          return;
        case 'burned':
          failed(effect.refusal.message);
          return;
      }
    }

    mailbox.onMessage((slot, body) => {
      step({ type: 'time', nowMs: Date.now() });
      step({ type: 'message', slot, body });
    });
    mailbox.onClose((reason) => {
      // Who invites deletes the mailbox as soon as it knows that this side is done.
      if (!isDone) {
        failed(`The pairing has ended: ${reason}. Nothing was changed here. Ask for a new code, and enter that one.`);
      }
    });
    options.signal?.addEventListener('abort', () => {
      step({ type: 'deny' });
    });
    step({ type: 'start' });
  });
}
