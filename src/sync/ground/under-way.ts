import { windowBytes, windowPushes } from '../wire/limits.ts';

type Sent = { readonly sequence: number; readonly bytes: Uint8Array };

/** What of the own chain was sent on this connection and is not confirmed yet: bounded in bytes and messages. */
export interface UnderWay {
  /** The own chain is sent up to here. */
  readonly sent: number;
  readonly confirmed: number;
  readonly hasRoom: boolean;
  readonly roomBytes: number;
  /** Nothing is under way; the relay has the chain up to here. */
  startAt(confirmed: number): void;
  /** One message with the next batches. */
  send(batches: readonly Sent[]): void;
  confirm(sequence: number): void;
}

export function createUnderWay(): UnderWay {
  let sent = 0;
  let confirmed = 0;
  let messages: { readonly sequence: number; readonly sizeBytes: number }[] = [];
  let bytes = 0;

  return {
    get sent(): number {
      return sent;
    },
    get confirmed(): number {
      return confirmed;
    },
    get hasRoom(): boolean {
      return messages.length < windowPushes && bytes < windowBytes;
    },
    get roomBytes(): number {
      return windowBytes - bytes;
    },
    startAt(sequence) {
      sent = sequence;
      confirmed = sequence;
      messages = [];
      bytes = 0;
    },
    send(batches) {
      const sizeBytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0);
      sent += batches.length;
      messages.push({ sequence: sent, sizeBytes });
      bytes += sizeBytes;
    },
    confirm(sequence) {
      confirmed = Math.max(confirmed, sequence);
      while (messages[0] !== undefined && messages[0].sequence <= confirmed) {
        bytes -= messages[0].sizeBytes;
        messages.shift();
      }
    },
  };
}
