import type { ScopeId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { decodeBatch } from '../../log/header.ts';
import { messagesOf } from '../ground/gather.ts';
import type { SessionEffect } from '../ground/session.ts';
import { type UnderWay, createUnderWay } from '../ground/under-way.ts';

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

interface Window {
  readonly scopeId: ScopeId;
  readonly emit: Emit;
  readonly underWay: UnderWay;
  isOpen: boolean;
  /** What the log was asked for: more to push, or the batch that is compared with the relay's head. */
  reading: 'nothing' | 'more' | ChainHead;
  ownHead: number;
}

export function createPushWindow(scopeId: ScopeId, emit: Emit): PushWindow {
  const underWay = createUnderWay();
  const window: Window = { scopeId, emit, underWay, isOpen: false, reading: 'nothing', ownHead: 0 };

  return {
    get acknowledged(): number {
      return underWay.confirmed;
    },
    get inFlight(): number {
      return window.isOpen ? underWay.sent - underWay.confirmed : 0;
    },
    get head(): number {
      return window.ownHead;
    },
    open: (relayHead) => open(window, relayHead),
    openWhenSame(relayHead) {
      window.reading = relayHead;
      emit({ type: 'read_own', scopeId, after: relayHead.sequence - 1, limitBytes: 1 });
    },
    stop: () => close(window),
    reset() {
      close(window);
      underWay.startAt(underWay.confirmed);
    },
    appended(batch) {
      window.ownHead = Math.max(window.ownHead, batch.sequence);
      if (batch.sequence === underWay.sent + 1 && hasRoom(window) && window.reading === 'nothing') {
        push(window, [batch]);
      } else {
        readOn(window);
      }
    },
    ownBatches(batches) {
      const { reading } = window;
      window.reading = 'nothing';
      if (reading === 'more') {
        pushRead(window, batches);
      } else if (reading !== 'nothing') {
        if (idOf(batches[0]) !== reading.batchId) {
          return 'other';
        }
        open(window, reading.sequence);
      }
      return undefined;
    },
    acknowledge(sequence) {
      if (sequence > underWay.sent) {
        return false;
      }
      underWay.confirm(sequence);
      readOn(window);
      return true;
    },
    raise(head) {
      window.ownHead = Math.max(window.ownHead, head);
      readOn(window);
    },
    restart(head, confirmed) {
      window.ownHead = head;
      underWay.startAt(confirmed);
    },
  };
}

function hasRoom({ isOpen, underWay }: Window): boolean {
  return isOpen && underWay.hasRoom;
}

function push({ scopeId, emit, underWay }: Window, batches: readonly OwnBatch[]): void {
  underWay.send(batches);
  emit({ type: 'send', message: { type: 'push', scopeId, batches: batches.map((batch) => batch.bytes) } });
}

function readOn(window: Window): void {
  const { scopeId, emit, underWay } = window;
  if (hasRoom(window) && window.reading === 'nothing' && underWay.sent < window.ownHead) {
    window.reading = 'more';
    emit({ type: 'read_own', scopeId, after: underWay.sent, limitBytes: underWay.roomBytes });
  }
}

function open(window: Window, relayHead: number): void {
  const { scopeId, emit, underWay } = window;
  if (relayHead > underWay.confirmed) {
    // Stored there earlier, and the answer got lost.
    emit({ type: 'acknowledged', scopeId, sequence: relayHead });
  }
  window.isOpen = true;
  window.reading = 'nothing';
  underWay.startAt(relayHead);
  readOn(window);
}

function close(window: Window): void {
  window.isOpen = false;
  window.reading = 'nothing';
}

function pushRead(window: Window, batches: readonly OwnBatch[]): void {
  const { underWay } = window;
  if (batches.length === 0) {
    // The log has less than was announced; asking again would ask for ever.
    window.ownHead = Math.min(window.ownHead, underWay.sent);
    return;
  }
  const { sent } = underWay;
  for (const group of messagesOf(batches.filter((batch) => batch.sequence > sent))) {
    if (!hasRoom(window) || group[0]?.sequence !== underWay.sent + 1) {
      break;
    }
    push(window, group);
  }
  readOn(window);
}

function idOf(batch: OwnBatch | undefined): ChainHead['batchId'] | undefined {
  const decoded = batch && decodeBatch(batch.bytes);
  return decoded?.ok ? decoded.value.batchId : undefined;
}
