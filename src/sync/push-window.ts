import type { ScopeId } from '../base/ids.ts';
import { messageBatches, messageBytes, windowBytes, windowPushes } from './limits.ts';
import type { SessionEffect } from './session.ts';

type OwnBatch = { readonly sequence: number; readonly bytes: Uint8Array };
type Emit = (effect: SessionEffect) => void;

/** Own batches on their way to the relay: consecutive, bounded in bytes and messages, never kept here. */
export interface PushWindow {
  readonly acknowledged: number;
  readonly inFlight: number;
  /** Highest own sequence that is known to exist. */
  readonly head: number;
  /** The relay said what it holds: everything above is pushed. */
  open(relayHead: number): void;
  /** Nothing is sent until the next `open`; confirmations of what is under way still count. */
  stop(): void;
  /** The connection is over: nothing is under way. */
  reset(): void;
  appended(batch: OwnBatch): void;
  ownBatches(batches: readonly OwnBatch[]): void;
  /** False when the relay confirms what was never sent. */
  acknowledge(sequence: number): boolean;
  /** The own chain has at least this many batches. */
  raise(ownHead: number): void;
}

export function createPushWindow(scopeId: ScopeId, emit: Emit): PushWindow {
  let isOpen = false;
  let isReading = false;
  let acknowledged = 0;
  let pushed = 0;
  let ownHead = 0;
  let underWay: { readonly sequence: number; readonly sizeBytes: number }[] = [];
  let underWayBytes = 0;

  const hasRoom = (): boolean => isOpen && underWay.length < windowPushes && underWayBytes < windowBytes;

  function push(batches: readonly OwnBatch[]): void {
    const sizeBytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0);
    pushed += batches.length;
    underWay.push({ sequence: pushed, sizeBytes });
    underWayBytes += sizeBytes;
    emit({ type: 'send', message: { type: 'push', scopeId, batches: batches.map((batch) => batch.bytes) } });
  }

  function readOn(): void {
    if (hasRoom() && !isReading && pushed < ownHead) {
      isReading = true;
      emit({ type: 'read_own', scopeId, after: pushed, limitBytes: windowBytes - underWayBytes });
    }
  }

  return {
    get acknowledged(): number {
      return acknowledged;
    },
    get inFlight(): number {
      return isOpen ? pushed - acknowledged : 0;
    },
    get head(): number {
      return ownHead;
    },
    open(relayHead) {
      isOpen = true;
      isReading = false;
      acknowledged = relayHead;
      pushed = relayHead;
      underWay = [];
      underWayBytes = 0;
      readOn();
    },
    stop() {
      isOpen = false;
      isReading = false;
    },
    reset() {
      isOpen = false;
      isReading = false;
      pushed = acknowledged;
      underWay = [];
      underWayBytes = 0;
    },
    appended(batch) {
      ownHead = Math.max(ownHead, batch.sequence);
      if (batch.sequence === pushed + 1 && hasRoom() && !isReading) {
        push([batch]);
      } else {
        readOn();
      }
    },
    ownBatches(batches) {
      if (!isReading) {
        return;
      }
      isReading = false;
      if (batches.length === 0) {
        // The log has less than was announced; asking again would ask for ever.
        ownHead = Math.min(ownHead, pushed);
        return;
      }
      for (const group of messagesOf(batches.filter((batch) => batch.sequence > pushed))) {
        if (!hasRoom() || group[0]?.sequence !== pushed + 1) {
          break;
        }
        push(group);
      }
      readOn();
    },
    acknowledge(sequence) {
      if (sequence > pushed) {
        return false;
      }
      acknowledged = Math.max(acknowledged, sequence);
      while (underWay[0] !== undefined && underWay[0].sequence <= acknowledged) {
        underWayBytes -= underWay[0].sizeBytes;
        underWay.shift();
      }
      readOn();
      return true;
    },
    raise(head) {
      ownHead = Math.max(ownHead, head);
      readOn();
    },
  };
}

/** Consecutive batches, gathered into messages of bounded size. */
function messagesOf(batches: readonly OwnBatch[]): readonly (readonly OwnBatch[])[] {
  const messages: OwnBatch[][] = [];
  let sizeBytes = 0;
  let last: OwnBatch | undefined;
  for (const batch of batches) {
    if (last !== undefined && batch.sequence !== last.sequence + 1) {
      break;
    }
    const open = messages.at(-1);
    if (open === undefined || open.length === messageBatches || sizeBytes + batch.bytes.length > messageBytes) {
      messages.push([batch]);
      sizeBytes = batch.bytes.length;
    } else {
      open.push(batch);
      sizeBytes += batch.bytes.length;
    }
    last = batch;
  }
  return messages;
}
