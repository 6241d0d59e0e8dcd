import type { ConnectionId, MailboxInput } from './mailbox/connection.ts';

/** What one connection may have stored in one turn; a single message may hold more. */
const turnBatches = 256;

/** Inputs in order of arrival, handed out in turns that no connection can fill alone. */
export interface TurnQueue {
  readonly isEmpty: boolean;
  put(input: MailboxInput, sizeBytes: number): void;
  take(): readonly MailboxInput[];
  /** Bytes of a connection that wait. */
  waitingBytes(connectionId: ConnectionId): number;
}

export function createTurnQueue(): TurnQueue {
  let waiting: { readonly input: MailboxInput; readonly sizeBytes: number }[] = [];
  const bytesById = new Map<ConnectionId, number>();

  function addBytes(id: ConnectionId, sizeBytes: number): void {
    const sum = (bytesById.get(id) ?? 0) + sizeBytes;
    if (sum > 0) {
      bytesById.set(id, sum);
    } else {
      bytesById.delete(id);
    }
  }

  return {
    get isEmpty(): boolean {
      return waiting.length === 0;
    },
    put(input, sizeBytes) {
      waiting.push({ input, sizeBytes });
      addBytes(input.connectionId, sizeBytes);
    },
    take() {
      const taken: MailboxInput[] = [];
      const left: typeof waiting = [];
      const batchesById = new Map<ConnectionId, number>();
      for (const item of waiting) {
        const id = item.input.connectionId;
        const batches = (batchesById.get(id) ?? 0) + batchesIn(item.input);
        const isFirst = !batchesById.has(id);
        // Once one message of a connection has to wait, everything behind it waits too.
        batchesById.set(id, isFirst || batches <= turnBatches ? batches : Number.POSITIVE_INFINITY);
        if (isFirst || batches <= turnBatches) {
          taken.push(item.input);
          addBytes(id, -item.sizeBytes);
        } else {
          left.push(item);
        }
      }
      waiting = left;
      return taken;
    },
    waitingBytes: (connectionId) => bytesById.get(connectionId) ?? 0,
  };
}

function batchesIn({ event }: MailboxInput): number {
  return typeof event === 'object' && 'batches' in event ? event.batches.length : 0;
}
