import { WebSocket } from 'ws';
import type { RelayAddress } from '../base/relay-address.ts';
import { type Result, err, ok } from '../base/result.ts';
import { decodeRelayMessage, encodeMessage } from '../sync/wire/codec.ts';
import { type DeviceMessage, oldestVersion } from '../sync/wire/messages.ts';
import { openRelaySocket } from './open-socket.ts';

/** A connection to a pairing mailbox at a relay; it forwards sealed messages between two devices that share a code. */
export interface PairingMailbox {
  put(slot: number, body: Uint8Array): void;
  /** Called for each message of the other side, those that were waiting too. */
  onMessage(listener: (slot: number, body: Uint8Array) => void): void;
  /** Called once when the connection ends that was not closed here. */
  onClose(listener: (reason: string) => void): void;
  delete(): void;
  /** Resolves once everything that was put has left this process. */
  flushed(): Promise<void>;
  close(): void;
}

export interface MailboxFault {
  readonly message: string;
}

/** Opens a mailbox by its name and bearer; an unreachable relay or a refusal is a fault in words. */
export async function openPairingMailbox(
  address: RelayAddress,
  mailbox: string,
  bearer: Uint8Array,
): Promise<Result<PairingMailbox, MailboxFault>> {
  const socket = openRelaySocket(address);
  const early: { slot: number; body: Uint8Array }[] = [];
  let listener = (slot: number, body: Uint8Array): void => void early.push({ slot, body });
  let closeListener: (reason: string) => void = () => undefined;
  let reason = 'the connection was closed';
  let closedHere = false;
  const send = (message: DeviceMessage): void => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(encodeMessage(message));
    }
  };

  const opened = await new Promise<MailboxFault | undefined>((resolve) => {
    socket.on('open', () => {
      send({ type: 'mailbox_open', version: oldestVersion, mailbox, bearer });
    });
    socket.on('message', (data: Buffer, isBinary) => {
      const decoded = isBinary ? decodeRelayMessage(data) : undefined;
      if (decoded?.ok !== true) {
        reason = 'the relay sent a frame that cannot be read';
        socket.terminate();
        return;
      }
      const message = decoded.value;
      if (message.type === 'mailbox_opened') {
        resolve(undefined);
      } else if (message.type === 'mailbox_message') {
        listener(message.slot, message.body);
      } else if (message.type === 'error') {
        reason = message.message;
        socket.close();
      }
    });
    socket.on('error', (cause) => {
      reason = cause.message;
    });
    socket.on('close', () => {
      resolve({ message: reason });
      if (!closedHere) {
        closeListener(reason);
      }
    });
  });
  if (opened !== undefined) {
    return err(opened);
  }

  return ok({
    put: (slot, body) => {
      send({ type: 'mailbox_put', slot, body });
    },
    onMessage(next) {
      listener = next;
      for (const { slot, body } of early.splice(0)) {
        next(slot, body);
      }
    },
    onClose(next) {
      closeListener = next;
    },
    delete: () => {
      send({ type: 'mailbox_delete' });
    },
    flushed: async () =>
      new Promise((resolve) => {
        socket.ping(undefined, undefined, () => {
          resolve();
        });
      }),
    close() {
      closedHere = true;
      socket.close();
    },
  });
}
