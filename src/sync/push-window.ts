import type { ScopeId } from '../base/ids.ts';
import type { ChainHead } from '../contract/chain.ts';
import { decodeBatch } from '../log/header.ts';
import { messagesOf } from './gather.ts';
import { windowBytes, windowPushes } from './limits.ts';
import type { SessionEffect } from './session.ts';

type OwnBatch = { readonly sequence: number; readonly bytes: Uint8Array };
type Emit = (effect: SessionEffect) => void;

/** Own batches on their way to the relay: consecutive, bounded in bytes and messages, never kept here. */
export interface PushWindow {
  readonly acknowledged: number;
  readonly inFlight: number;
  /** Highest own sequence that is known to exist. */
  readonly head: number;
  /** The relay holds the own chain up to this sequence, and the same: everything above is pushed. */
  open(relayHead: number): void;
  /** As `open`, once the log has shown that the relay's last batch of the own chain is the own one. */
  openWhenSame(relayHead: ChainHead): void;
  /** Nothing is sent until the next `open`; confirmations of what is under way still count. */
  stop(): void;
  /** The connection is over: nothing is under way. */
  reset(): void;
  appended(batch: OwnBatch): void;
  /** `other` when the log holds another batch than the relay where they were to be compared. */
  ownBatches(batches: readonly OwnBatch[]): 'other' | undefined;
  /** False when the relay confirms what was never sent. */
  acknowledge(sequence: number): boolean;
  /** The own chain has at least this many batches. */
  raise(ownHead: number): void;
  /** The own chain has exactly this many batches, and the relay confirmed this many. */
  restart(ownHead: number, confirmed: number): void;
}

export function createPushWindow(scopeId: ScopeId, emit: Emit): PushWindow {
  let isOpen = false;
  let isReading = false;
  /** The relay's head, while it is compared with the log. */
  let compared: ChainHead | undefined;
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

  function open(relayHead: number): void {
    if (relayHead > acknowledged) {
      // Stored there earlier, and the answer got lost.
      emit({ type: 'acknowledged', scopeId, sequence: relayHead });
    }
    isOpen = true;
    isReading = false;
    compared = undefined;
    acknowledged = relayHead;
    pushed = relayHead;
    underWay = [];
    underWayBytes = 0;
    readOn();
  }

  function close(): void {
    isOpen = false;
    isReading = false;
    compared = undefined;
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
    open,
    openWhenSame(relayHead) {
      compared = relayHead;
      isReading = true;
      emit({ type: 'read_own', scopeId, after: relayHead.sequence - 1, limitBytes: 1 });
    },
    stop: close,
    reset() {
      close();
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
        return undefined;
      }
      isReading = false;
      if (compared !== undefined) {
        const { sequence, batchId } = compared;
        compared = undefined;
        if (idOf(batches[0]) !== batchId) {
          return 'other';
        }
        open(sequence);
        return undefined;
      }
      if (batches.length === 0) {
        // The log has less than was announced; asking again would ask for ever.
        ownHead = Math.min(ownHead, pushed);
        return undefined;
      }
      for (const group of messagesOf(batches.filter((batch) => batch.sequence > pushed))) {
        if (!hasRoom() || group[0]?.sequence !== pushed + 1) {
          break;
        }
        push(group);
      }
      readOn();
      return undefined;
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
    restart(head, confirmed) {
      ownHead = head;
      acknowledged = confirmed;
      pushed = confirmed;
    },
  };
}

function idOf(batch: OwnBatch | undefined): ChainHead['batchId'] | undefined {
  const decoded = batch && decodeBatch(batch.bytes);
  return decoded?.ok ? decoded.value.batchId : undefined;
}
