import type { ScopeId } from '../../base/ids.ts';
import { maximumFrameBytes, messageBytes, windowBytes, windowDeliveries } from '../wire/limits.ts';
import type { RelayMessage } from '../wire/messages.ts';
import type { SessionEffect } from '../ground/session.ts';

type Deliver = Extract<RelayMessage, { type: 'deliver' }>;

interface Outstanding {
  /** The number handed out with `receive`; it is never used again, also not on the next connection. */
  readonly handle: number;
  readonly delivery: number;
  readonly sizeBytes: number;
  readonly caughtUp: boolean;
  isSettled: boolean;
}

/** Deliveries handed out in order and confirmed in order, once they are dealt with on this disk. */
export interface DeliveryWindow {
  readonly caughtUp: boolean;
  open(): void;
  /** False when the relay breaks the order or sends beyond the window. */
  deliver(message: Deliver, handle: number): boolean;
  committed(handle: number): void;
}

export function createDeliveryWindow(scopeId: ScopeId, emit: (effect: SessionEffect) => void): DeliveryWindow {
  let outstanding: Outstanding[] = [];
  let outstandingBytes = 0;
  let last = 0;
  let caughtUp = false;
  let unreportedBytes = 0;
  let unreportedCount = 0;

  function settleFront(): void {
    let settled = 0;
    while (outstanding[0]?.isSettled === true) {
      const { delivery, sizeBytes, caughtUp: isLast } = outstanding.shift() as Outstanding;
      settled = delivery;
      outstandingBytes -= sizeBytes;
      unreportedBytes += sizeBytes;
      unreportedCount++;
      caughtUp = isLast;
    }
    // Small deliveries in quick succession share one answer; the window is far larger than what may go unreported.
    const isDue = outstanding.length === 0 || unreportedBytes >= messageBytes || unreportedCount >= 32;
    if (settled > 0 && isDue) {
      unreportedBytes = 0;
      unreportedCount = 0;
      emit({ type: 'send', message: { type: 'received', scopeId, delivery: settled } });
    }
  }

  return {
    get caughtUp(): boolean {
      return caughtUp;
    },
    open() {
      outstanding = [];
      outstandingBytes = 0;
      last = 0;
      caughtUp = false;
      unreportedBytes = 0;
      unreportedCount = 0;
    },
    deliver(message, handle) {
      const sizeBytes = message.batches.reduce((sum, batch) => sum + batch.length, 0);
      const isInWindow =
        outstanding.length < 2 * windowDeliveries && outstandingBytes < windowBytes + 2 * maximumFrameBytes;
      if (message.delivery !== last + 1 || !isInWindow) {
        return false;
      }
      last = message.delivery;
      const isSettled = message.batches.length === 0;
      outstanding.push({ handle, delivery: last, sizeBytes, caughtUp: message.caughtUp, isSettled });
      outstandingBytes += sizeBytes;
      if (isSettled) {
        settleFront();
      } else {
        const { batches, caughtUp: isLast } = message;
        emit({ type: 'receive', scopeId, delivery: handle, caughtUp: isLast, batches });
      }
      return true;
    },
    committed(handle) {
      const found = outstanding.find((item) => item.handle === handle);
      if (found !== undefined) {
        found.isSettled = true;
        settleFront();
      }
    },
  };
}
